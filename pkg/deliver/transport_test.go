package deliver

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestNewTransportRefusesBadCAFile(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing.pem")
	if _, err := NewTransport(t.Context(), Network{CAFile: missing}, 1); !errors.Is(err, fs.ErrNotExist) || !strings.HasPrefix(err.Error(), "read CA file: ") {
		t.Errorf("got %v", err)
	}
	empty := filepath.Join(t.TempDir(), "empty.pem")
	if err := os.WriteFile(empty, []byte("nothing here"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := NewTransport(t.Context(), Network{CAFile: empty}, 1)
	if err == nil || err.Error() != "CA file "+empty+" has no certificate in PEM format" {
		t.Errorf("got %v", err)
	}
}
