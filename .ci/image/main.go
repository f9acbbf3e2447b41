// Image writes what an image without a distribution lacks to a directory: the certificate
// authorities that Mozilla trusts, from a pinned module, and the time zones of the Go that builds.
//
//	go -C .ci run ./image DIRECTORY
package main

import (
	"archive/zip"
	"bytes"
	"encoding/pem"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/crypto/x509roots/fallback/bundle"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: image DIRECTORY")
	}
	dir := os.Args[1]
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		log.Fatal(err)
	}
	zones, err := zip.OpenReader(filepath.Join(strings.TrimSpace(string(root)), "lib", "time", "zoneinfo.zip"))
	if err != nil {
		log.Fatal(err)
	}
	// TZ is looked up in a directory only.
	if err := os.CopyFS(filepath.Join(dir, "zoneinfo"), zones); err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "ca-certificates.crt"), authorities(), 0o644); err != nil {
		log.Fatal(err)
	}
}

// authorities are in PEM. Those that are trusted with a constraint, such as only for older
// certificates, are left out, since a file cannot state it.
func authorities() []byte {
	var out bytes.Buffer
	for root := range bundle.Roots() {
		if root.Constraint == nil {
			_ = pem.Encode(&out, &pem.Block{Type: "CERTIFICATE", Bytes: root.Certificate}) // a buffer takes all
		}
	}
	return out.Bytes()
}
