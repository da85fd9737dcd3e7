package cli

import (
	"fmt"
	"io"
	"os"
)

// watched returns w for what cobra and fang write, and what went wrong while they
// did: both drop the errors of their help, which may stand before a full disk.
// A file stays a file, so that its colours are still known.
func watched(w io.Writer) (out io.Writer, trouble func() error) {
	log := &writeLog{to: w}
	out = log
	if f, ok := w.(*os.File); ok {
		out = watchedFile{File: f, log: log}
	}
	return out, func() error {
		if log.err != nil {
			return fmt.Errorf("standard output cannot be written: %w", log.err)
		}
		return nil
	}
}

// writeLog keeps the first error of writing.
type writeLog struct {
	to  io.Writer
	err error
}

func (l *writeLog) Write(p []byte) (int, error) {
	n, err := l.to.Write(p)
	if l.err == nil {
		l.err = err
	}
	return n, err
}

// watchedFile is a file whose writing is watched.
type watchedFile struct {
	*os.File
	log *writeLog
}

func (f watchedFile) Write(p []byte) (int, error) { return f.log.Write(p) }
