package receive

import (
	"errors"
	"testing"
)

func TestListen(t *testing.T) {
	l, err := Listen(t.Context(), "127.0.0.1:0")
	if err != nil || !IsLoopback(l.Addr()) {
		t.Fatal(l, err)
	}
	defer l.Close()
	var failure *ListenError
	_, err = Listen(t.Context(), l.Addr().String())
	if !errors.As(err, &failure) || !failure.InUse || err.Error() != l.Addr().String()+" is in use by another program" {
		t.Errorf("got %v", err)
	}
	_, err = Listen(t.Context(), "8279")
	if !errors.As(err, &failure) || failure.InUse || err.Error() != "cannot listen on 8279: address 8279: missing port in address" {
		t.Errorf("got %v", err)
	}
	everywhere, err := Listen(t.Context(), ":0")
	if err != nil || IsLoopback(everywhere.Addr()) {
		t.Fatal(everywhere, err)
	}
	everywhere.Close()
}
