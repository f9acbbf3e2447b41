package recording

// AppendLine appends the entry as a line of a recording, with the newline. Secrets are not masked; see
// Masked. It fails only for findings that are not valid, and then dst is not a line.
func (e Entry) AppendLine(dst []byte) ([]byte, error) { return appendLine(dst, e) }
