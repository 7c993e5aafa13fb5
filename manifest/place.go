package manifest

// Position returns the line and column, from 1, of a byte offset of a file
// that a finding or a fix names; columns count Unicode code points. Both are 0
// when the file was not read.
func (r Report) Position(file string, offset int) (line, column int) {
	if r.files == nil {
		return 0, 0
	}
	s := r.files.text(file)
	if s == nil {
		return 0, 0
	}
	return s.Position(offset)
}
