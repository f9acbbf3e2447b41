//go:build sqlite

package main

import (
	"database/sql"
	"errors"
	"fmt"

	_ "modernc.org/sqlite"
)

type database struct{ *sql.DB }

func open(file string) (store, error) {
	db, err := sql.Open("sqlite", "file:"+file+"?_pragma=journal_mode(WAL)&_pragma=busy_timeout(5000)&_txlock=immediate")
	if err != nil {
		return nil, err
	}
	_, err = db.Exec(`CREATE TABLE IF NOT EXISTS objects (key TEXT PRIMARY KEY, state TEXT, time INTEGER, deleted INTEGER, count INTEGER);
		CREATE TABLE IF NOT EXISTS seen (hash TEXT PRIMARY KEY)`)
	return database{db}, err
}

func (d database) apply(key string, e event, hash [32]byte) error {
	tx, err := d.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback()
	marked, err := tx.Exec("INSERT OR IGNORE INTO seen VALUES (?)", fmt.Sprintf("%x", hash))
	if err != nil {
		return err
	}
	if n, _ := marked.RowsAffected(); n == 0 {
		return nil
	}
	known, ok, err := find(tx, key)
	if err != nil {
		return err
	}
	if t, ok := next(known, ok, e); ok {
		_, err = tx.Exec("INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?, ?)", key, t.State, t.time, t.deleted, t.Count)
		if err != nil {
			return err
		}
	}
	return tx.Commit()
}

func (d database) find(key string) (ticket, bool, error) { return find(d, key) }

func find(db interface{ QueryRow(string, ...any) *sql.Row }, key string) (t ticket, ok bool, err error) {
	err = db.QueryRow("SELECT state, time, deleted, count FROM objects WHERE key = ?", key).Scan(&t.State, &t.time, &t.deleted, &t.Count)
	if errors.Is(err, sql.ErrNoRows) {
		return t, false, nil
	}
	return t, err == nil, err
}
