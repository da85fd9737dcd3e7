package simulate

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"

	"s403/diagnose/policy"
	"s403/diagnose/policy/internal/scan"
)

// Runner evaluates lines of cases. The zero value is ready for use.
type Runner struct {
	// Explain adds to each answer the statements that almost matched.
	Explain bool
	// Workers is how many cases are evaluated at once; 0: one a core.
	Workers int
}

// The bounds of what is held in memory: a line longer than maxLine is answered
// with an error and skipped, and a batch holds no more lines than these.
const (
	maxLine    = 64 << 20
	batchLines = 256
	batchBytes = 1 << 20
)

// batch is some lines on their way to a worker and back.
type batch struct {
	lines []line
	data  []byte // the text of the lines
	out   []byte
	bad   int
	done  chan struct{}
}

// batches keeps the memory of batches that were written, unless it is much.
var batches = sync.Pool{New: func() any { return new(batch) }}

// newBatch takes the memory of a batch that has been written, or new memory.
func newBatch() *batch {
	b, _ := batches.Get().(*batch)
	b.lines, b.data, b.out = b.lines[:0], b.data[:0], b.out[:0]
	b.bad, b.done = 0, make(chan struct{})
	return b
}

// release gives the memory of a batch to the next, unless a long line made it
// much: that is better returned.
func (b *batch) release() {
	if cap(b.data)+cap(b.out) <= 4*batchBytes {
		batches.Put(b)
	}
}

// line is one line of the input: its number from 1, and its text within the
// batch, or too long for one.
type line struct {
	number     int
	start, end int
	tooLong    bool
}

// Run reads cases from r and writes an answer for each to w, in order. It
// returns how many of them were bad; err tells of reading and writing alone.
// Cancelling ctx ends the run after the batches under way.
func (n *Runner) Run(ctx context.Context, r io.Reader, w io.Writer) (bad int, err error) {
	workers := n.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	// Every batch goes to a worker and, in order, to the writer. The capacity
	// of ordered is what bounds the batches in memory.
	work := make(chan *batch)
	ordered := make(chan *batch, 2*workers)
	for range workers {
		go n.worker(work)
	}
	readErr := make(chan error, 1)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		defer close(ordered)
		defer close(work)
		readErr <- readBatches(ctx, r, work, ordered)
	}()
	return collect(ctx, stop, ordered, readErr, w)
}

// collect writes the answers in order. When ctx ends it returns at once, also
// while the reader still waits for input; the reader stops by itself then.
func collect(ctx context.Context, stop func(), ordered <-chan *batch, readErr <-chan error, w io.Writer) (bad int, err error) {
	for {
		var b *batch
		var more bool
		select {
		case b, more = <-ordered:
		case <-ctx.Done():
			return bad, cmp.Or(err, ctx.Err())
		}
		if !more {
			return bad, <-readErr
		}
		<-b.done
		bad += b.bad
		if _, err = w.Write(b.out); err != nil {
			err = fmt.Errorf("writing answers: %w", err)
			stop()
		}
		b.release()
	}
}

// readBatches cuts the input into lines and hands them on.
func readBatches(ctx context.Context, r io.Reader, work, ordered chan<- *batch) error {
	in := bufio.NewReaderSize(r, 256<<10)
	for number := 1; ; {
		b := newBatch()
		end, err := b.fill(in, &number)
		if len(b.lines) > 0 {
			select {
			case ordered <- b:
				work <- b
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		switch {
		case err != nil:
			return fmt.Errorf("reading cases: %w", err)
		case end:
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		}
	}
}

// fill reads lines until the batch is full or the input has ended. What has
// been read is handed on at once when no more is there yet, so that a person or
// program that feeds cases one by one is answered one by one.
func (b *batch) fill(in *bufio.Reader, number *int) (end bool, err error) {
	for len(b.lines) < batchLines && len(b.data) < batchBytes {
		l := line{number: *number, start: len(b.data)}
		for more := true; more; {
			part, err := in.ReadSlice('\n')
			more = errors.Is(err, bufio.ErrBufferFull)
			if l.tooLong = l.tooLong || len(b.data)-l.start+len(part) > maxLine; l.tooLong {
				b.data = b.data[:l.start]
			} else {
				b.data = append(b.data, part...)
			}
			if err != nil && !more {
				end = true
				if !errors.Is(err, io.EOF) {
					return end, err
				}
			}
		}
		if l.number == 1 {
			l.start += bom(b.data)
		}
		*number++
		l.end = len(b.data)
		if l.tooLong || len(bytes.TrimSpace(b.data[l.start:l.end])) > 0 {
			b.lines = append(b.lines, l)
		}
		if end || in.Buffered() == 0 && len(b.lines) > 0 {
			return end, nil
		}
	}
	return false, nil
}

// bom is the length of the byte order mark that editors on Windows put before
// a text.
func bom(text []byte) int {
	if mark := []byte("\xef\xbb\xbf"); bytes.HasPrefix(text, mark) {
		return len(mark)
	}
	return 0
}

// worker evaluates batches until there are no more. It has a reader of its own,
// so that nothing is locked.
func (n *Runner) worker(work <-chan *batch) {
	var r reader
	for b := range work {
		for _, l := range b.lines {
			n.answer(&r, b, l)
		}
		close(b.done)
	}
}

// fault words an error with the line of the input it is about.
func fault(number int, err error) string {
	var at *scan.Error
	if errors.As(err, &at) {
		at.Line = number
		return at.Error()
	}
	return fmt.Sprintf("line %d: %v", number, err)
}

// answer evaluates one line and adds the answer to the batch.
func (n *Runner) answer(r *reader, b *batch, l line) {
	if l.tooLong {
		b.bad++
		b.out = appendError(b.out, nil, fmt.Sprintf("line %d: longer than %d MiB", l.number, maxLine>>20))
		return
	}
	c, err := r.read(bytes.TrimRight(b.data[l.start:l.end], "\r\n"))
	if err != nil {
		b.bad++
		b.out = appendError(b.out, c.id, fault(l.number, err))
		return
	}
	var d policy.Decision
	if n.Explain {
		d = policy.Evaluate(c.request, c.set)
	} else {
		d = policy.EvaluateMatched(&c.request, &c.set)
	}
	b.out = appendAnswer(b.out, &c, &d, n.Explain)
}
