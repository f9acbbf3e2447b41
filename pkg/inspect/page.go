package inspect

import (
	"embed"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

// The page, as it is served: there is no build step.
//
//go:embed page
var page embed.FS

func pageFiles() http.Handler { return http.FileServerFS(page) }

func (h *handler) index(w http.ResponseWriter, r *http.Request) {
	http.ServeFileFS(w, r, page, "page/index.html")
}

func (h *handler) asset(w http.ResponseWriter, r *http.Request) {
	if info, err := fs.Stat(page, strings.TrimPrefix(r.URL.Path, "/")); err != nil || info.IsDir() {
		writeError(w, &httpError{http.StatusNotFound, "no such file", ""})
		return
	}
	switch path.Ext(r.URL.Path) { // some systems have other types, which a browser refuses
	case ".js":
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
	case ".css":
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
	}
	h.page.ServeHTTP(w, r)
}
