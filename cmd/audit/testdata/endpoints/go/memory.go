//go:build !sqlite

package main

import "sync"

type memory struct {
	mu      sync.Mutex
	tickets map[string]ticket
	seen    map[[32]byte]bool
}

func open(string) (store, error) {
	return &memory{tickets: map[string]ticket{}, seen: map[[32]byte]bool{}}, nil
}

func (m *memory) apply(key string, e event, hash [32]byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.seen[hash] {
		return nil
	}
	m.seen[hash] = true
	known, ok := m.tickets[key]
	if t, ok := next(known, ok, e); ok {
		m.tickets[key] = t
	}
	return nil
}

func (m *memory) find(key string) (ticket, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	t, ok := m.tickets[key]
	return t, ok, nil
}
