package deliver

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

func pass(t *testing.T, url string) (*http.Response, error) {
	t.Helper()
	req, err := http.NewRequest(http.MethodPut, url, strings.NewReader("body"))
	if err != nil {
		t.Fatal(err)
	}
	return newClient(t, Network{}).Pass(t.Context(), req, 10*time.Second)
}

func TestPass(t *testing.T) {
	resp, err := pass(t, respond(t, "HTTP/1.1 302 Found\r\nContent-Length: 2\r\nLocation: /x\r\n\r\nok"))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || string(body) != "ok" || resp.StatusCode != 302 {
		t.Errorf("%d, %q, %v", resp.StatusCode, body, err)
	}
}

func TestPassFails(t *testing.T) {
	l := listen(t)
	l.Close()
	_, err := pass(t, "http://"+l.Addr().String())
	checkPassFailure(t, err, KindRefused)

	resp, err := pass(t, respond(t, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	_, err = io.ReadAll(resp.Body)
	checkPassFailure(t, err, KindReset)
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %v", err)
	}
}

func checkPassFailure(t *testing.T, err error, kind Kind) {
	t.Helper()
	var failure *Failure
	if !errors.As(err, &failure) || failure.Kind != kind || failure.Message != err.Error() {
		t.Errorf("got %v, want a failure of kind %s", err, kind)
	}
}
