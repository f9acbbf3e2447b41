package inspect

import (
	"embed"
	"net/http"
	"path"
	"strings"
)

// The page, as it is served: there is no build step.
//
//go:embed page
var page embed.FS

// index serves the page itself.
func (h *handler) index(w http.ResponseWriter, _ *http.Request) { servePage(w, "page/index.html") }

func (h *handler) asset(w http.ResponseWriter, r *http.Request) {
	servePage(w, strings.TrimPrefix(r.URL.Path, "/"))
}

// servePage serves a file of the page. http.FileServerFS would take types from the system, which has
// others on some machines, and add 35 KiB to the program for ranges and listings.
func servePage(w http.ResponseWriter, name string) {
	text, err := page.ReadFile(name)
	if err != nil {
		writeError(w, &httpError{http.StatusNotFound, "no such file", ""})
		return
	}
	w.Header().Set("Content-Type", map[string]string{
		".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml",
	}[path.Ext(name)])
	_, _ = w.Write(text) // the client may be gone
}
