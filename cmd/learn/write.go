package learn

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/apizee-hooks/apizee-hooks/cmd/internal/cli"
	"github.com/apizee-hooks/apizee-hooks/pkg/report"
	"github.com/apizee-hooks/apizee-hooks/pkg/shape"
)

// manifestFile lists the files that were learned, with their hashes. Only those that are still the
// same are overwritten or removed by the next run.
const manifestFile = "learned.json"

type manifest struct {
	Version int               `json:"version"`
	Files   map[string]string `json:"files"` // hashes by name, or hasEarlier
}

// hasEarlier is in place of the hash of a baseline that has events of earlier runs, too: the next run would lose them.
const hasEarlier = "has events of earlier runs"

// write writes the files, all or none, and returns their names.
func (l *learning) write(ctx context.Context, files map[string][]byte) ([]string, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	baseline := files[shape.BaselineFile]
	isElsewhere := l.update != "" && !l.updates(shape.BaselineFile)
	if isElsewhere {
		delete(files, shape.BaselineFile)
	}
	names := slices.Sorted(maps.Keys(files))
	if l.out != "" {
		if err := l.writeDir(ctx, files); err != nil {
			return nil, err
		}
	} else {
		names = nil
	}
	if isElsewhere {
		if err := report.WriteFile(l.update, func(w io.Writer) error { _, err := w.Write(baseline); return err }); err != nil {
			return nil, cli.Usage(fmt.Errorf("--update %s: %w", l.update, errors.Unwrap(err)), "make the file and its directory writable, and add the events again.")
		}
	}
	return names, nil
}

// updates reports whether a file in the directory is the baseline to update.
func (l *learning) updates(name string) bool {
	if l.update == "" || l.out == "" {
		return false
	}
	place, err := os.Stat(l.place(name))
	updated, updatedErr := os.Stat(l.update)
	return err == nil && updatedErr == nil && os.SameFile(place, updated)
}

// place returns the path of a file in the directory.
func (l *learning) place(name string) string { return filepath.Join(l.out, filepath.FromSlash(name)) }

// writeDir writes files into the directory: first into one beside them, then to their places.
func (l *learning) writeDir(ctx context.Context, files map[string][]byte) error {
	old, err := readManifest(filepath.Join(l.out, manifestFile))
	if err != nil {
		return cli.Usage(err, "remove it, and use --force to overwrite the files that it lists.")
	}
	if err := l.checkConflicts(old, files); err != nil {
		return err
	}
	created := firstMissing(l.out)
	if err := os.MkdirAll(l.out, 0o777); err != nil {
		return cli.Usage(err, "use another directory with --out.")
	}
	staging, err := os.MkdirTemp(l.out, ".learn-*")
	if err != nil {
		return cli.Usage(err, "use another directory with --out.")
	}
	m := manifest{Version: 1, Files: map[string]string{}}
	for name, text := range files {
		m.Files[name] = hash(text)
	}
	if l.updates(shape.BaselineFile) {
		m.Files[shape.BaselineFile] = hasEarlier
	}
	text, _ := json.MarshalIndent(m, "", "  ") // texts only
	files[manifestFile] = append(text, '\n')
	t := transaction{staging: staging, dir: l.out, rename: os.Rename}
	err = errors.Join(t.stage(files), ctx.Err())
	if err == nil {
		err = t.replace(slices.Sorted(maps.Keys(files)), l.stale(old, m))
	}
	t.end(err != nil)
	if err != nil && created != "" {
		_ = os.RemoveAll(created) // it did not exist before
	}
	switch {
	case errors.Is(err, context.Canceled):
		return ctx.Err()
	case err != nil:
		return cli.Usage(fmt.Errorf("%w; nothing was written", err), "")
	}
	return nil
}

// firstMissing returns the first directory of a path that does not exist, or "".
func firstMissing(path string) string {
	missing := ""
	for path = filepath.Clean(path); ; path = filepath.Dir(path) {
		if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
			return missing
		}
		missing = path
	}
}

func hash(text []byte) string {
	sum := sha256.Sum256(text)
	return "sha256:" + hex.EncodeToString(sum[:])
}

func readManifest(path string) (manifest, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return manifest{}, nil
	}
	var m manifest
	if err == nil {
		err = json.Unmarshal(text, &m)
	}
	if err == nil && m.Version != 1 {
		err = fmt.Errorf("version %d of the list of learned files is unknown", m.Version)
	}
	if err != nil {
		return manifest{}, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}

// checkConflicts returns an error for files that would be overwritten and are not as they were learned,
// and for what is no file.
func (l *learning) checkConflicts(old manifest, files map[string][]byte) error {
	for _, name := range slices.Sorted(maps.Keys(files)) {
		path := l.place(name)
		if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
			return cli.Usage(fmt.Errorf("%s is not a regular file; nothing was written", path), "use another directory with --out.")
		}
		if l.force || l.updates(name) {
			continue
		}
		text, err := os.ReadFile(path)
		switch {
		case errors.Is(err, fs.ErrNotExist) || err == nil && hash(text) == hash(files[name]):
			continue
		case err != nil:
			return cli.Usage(err, "")
		case old.Files[name] == "":
			return cli.Usage(fmt.Errorf("%s exists and was not learned; nothing was written", path), "use another directory with --out, or --force to overwrite it.")
		case old.Files[name] == hasEarlier:
			return cli.Usage(fmt.Errorf("%s has events of earlier runs, too; nothing was written", path), "use --update "+path+" to add the events to it, --force to overwrite it, or --out for another directory.")
		case old.Files[name] != hash(text) && name == shape.BaselineFile: // perhaps updated
			return cli.Usage(fmt.Errorf("%s was changed since it was learned; nothing was written", path), "use --update "+path+" to add the events to it, --force to overwrite it, or --out for another directory.")
		case old.Files[name] != hash(text):
			return cli.Usage(fmt.Errorf("%s was changed since it was learned; nothing was written", path), "use --force to overwrite it, or --out for another directory.")
		}
	}
	return nil
}

// stale returns files of an earlier run, still as they were learned, that this run does not have.
func (l *learning) stale(old, current manifest) []string {
	var names []string
	for name, sum := range old.Files {
		text, err := os.ReadFile(l.place(name))
		if current.Files[name] == "" && filepath.IsLocal(filepath.FromSlash(name)) && err == nil && hash(text) == sum {
			names = append(names, name)
		}
	}
	return names
}

// transaction replaces files in a directory, all or none.
type transaction struct {
	staging, dir string
	rename       func(from, to string) error
	moved        [][2]string // from and to, in order
	made         []string    // directories
}

// stage writes the files beside their places.
func (t *transaction) stage(files map[string][]byte) error {
	for name, text := range files {
		path := filepath.Join(t.staging, "staged", filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(path, text, 0o666); err != nil {
			return err
		}
	}
	return nil
}

// replace moves the files to their places, and those that are in their places, or stale, away.
func (t *transaction) replace(names, stale []string) error {
	for _, name := range slices.Concat(names, stale) {
		place := filepath.Join(t.dir, filepath.FromSlash(name))
		if _, err := os.Lstat(place); err == nil {
			if err := t.move(place, filepath.Join(t.staging, "former", filepath.FromSlash(name))); err != nil {
				return err
			}
		}
	}
	for _, name := range names {
		if err := t.move(filepath.Join(t.staging, "staged", filepath.FromSlash(name)), filepath.Join(t.dir, filepath.FromSlash(name))); err != nil {
			return err
		}
	}
	return nil
}

func (t *transaction) move(from, to string) error {
	if missing := firstMissing(filepath.Dir(to)); missing != "" {
		t.made = append(t.made, missing)
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
		return err
	}
	if err := t.rename(from, to); err != nil {
		return err
	}
	t.moved = append(t.moved, [2]string{from, to})
	return nil
}

// end removes what is not in its place; after a failure, it moves everything back before.
func (t *transaction) end(failed bool) {
	if failed {
		for _, m := range slices.Backward(t.moved) {
			_ = t.rename(m[1], m[0])
		}
		for _, dir := range slices.Backward(t.made) {
			_ = os.Remove(dir)
		}
	}
	_ = os.RemoveAll(t.staging)
}
