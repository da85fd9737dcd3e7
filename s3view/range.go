package s3view

import (
	"slices"
	"strings"
	"time"
)

// A keyRange is a part of the key space that is listed by itself: the keys after
// one bound up to and including another. Ranges are adjacent, so that every key
// lies in exactly one, whatever the store does meanwhile: that is why no key is
// lost or handed over twice.
type keyRange struct {
	from  string // keys after this one; "" for the first range
	until string // up to and with this one; "" for the last range
	pos   string // the last key listed; from, before the first answer
	token string // of the next page

	followed map[string]bool // tokens since the last keys that were new

	busy, done, stale bool
	keys              int        // listed so far
	pages             []heldPage // listed and not handed over
	last              string     // the last key of pages, also when handed over
	splits            int        // how often its upper part was cut off
	guessed           int        // the same since the last answer, on a mere guess
	guess             bool       // made by such a cut
	tries             int        // failed requests in a row
	notBefore         time.Time  // after a failure
}

// check tells whether a page can be the answer for this range. sorted: its keys
// are in order, and after the page before. after: they are after the range's bound.
func (r *keyRange) check(page []Entry) (sorted, after bool) {
	for i := 1; i < len(page); i++ {
		if page[i].Key <= page[i-1].Key {
			return false, true
		}
	}
	if len(page) == 0 || r.pos == "" || page[0].Key > r.pos {
		return true, true
	}
	return r.token == "", false
}

// turnsBack tells, before the page is added, whether it leads back to one that was
// listed. As long as the keys are in order, new ones show that it goes on.
func (r *keyRange) turnsBack(p Page, ordered bool) bool {
	switch {
	case !p.More && p.Next == "":
		return false
	case ordered && len(p.Entries) > 0:
		r.followed = nil
		return false // check has seen that they are new
	case p.Next == "":
		return len(p.Entries) > 0 && p.Entries[len(p.Entries)-1].Key <= r.pos
	}
	again := r.followed[p.Next] || p.Next == r.token
	if r.followed == nil {
		r.followed = map[string]bool{}
	}
	r.followed[p.Next] = true
	return again
}

// ranges are all ranges from the first that is not yet handed over, in key order.
type ranges struct {
	prefix  string
	level   bool     // one level: prefixes stand for the keys below them
	first   keyRange // where it begins
	list    []*keyRange
	learned alphabet
	skip    string // after a restart: keys up to this one were handed over
	idle    bool   // most of the requests that could be under way are not
	page    int    // entries of the longest page
	useful  int    // answers that had a good part of a page
	guesses int    // requests without a reason to hope for keys, and answers with few
}

func newRanges(prefix string, o WalkOptions) ranges {
	rs := ranges{prefix: prefix, level: o.OneLevel, first: keyRange{from: o.After, pos: o.After, token: o.Token}}
	rs.begin()
	return rs
}

// begin makes one range of all that there is to list.
func (rs *ranges) begin() {
	first := rs.first
	rs.list = []*keyRange{&first}
}

// restart forgets all ranges and lists one from the beginning.
func (rs *ranges) restart(handedOver string) {
	for _, r := range rs.list {
		r.stale = true
	}
	rs.begin()
	rs.skip = handedOver
}

// finished tells whether every range was listed and handed over.
func (rs *ranges) finished() bool { return len(rs.list) == 0 }

// waiting returns the first range that may be asked now, among the first depth
// unfinished ones.
func (rs *ranges) waiting(depth int, now time.Time) *keyRange {
	for _, r := range rs.list {
		if r.done {
			continue
		}
		if !r.busy && !r.notBefore.After(now) {
			return r
		}
		if depth--; depth <= 0 {
			return nil
		}
	}
	return nil
}

// earliest is the moment when the first range that waits after a failure may be
// asked again; zero when none waits.
func (rs *ranges) earliest(now time.Time) time.Time {
	var first time.Time
	for _, r := range rs.list {
		if !r.done && !r.busy && r.notBefore.After(now) && (first.IsZero() || r.notBefore.Before(first)) {
			first = r.notBefore
		}
	}
	return first
}

// leastWorth is the fewest pages that a range must seem to have left to be cut
// for a reason. Ranges that seem to have less are cut on a guess, within limits:
// keys that were never seen yet cannot be reckoned with.
const (
	leastWorth   = 1.3
	beyondSeen   = 0.05 // pages: less is as good as none
	guessesEach  = 8    // for one range between two answers
	freeGuesses  = 48   // for the whole walk, and one more
	usefulPerOne = 8    // for so many useful answers
)

// split cuts the upper part off the range that seems to have most left among the
// first depth unfinished ones, and returns it as a new range; nil when none is
// worth it. idle tells that there is little else to do.
func (rs *ranges) split(depth int, idle bool) *keyRange {
	rs.idle = idle
	best, most := -1, 0.0
	for i, r := range rs.list {
		if r.done {
			continue
		}
		if left := rs.left(r); left > most {
			best, most = i, left
		}
		if depth--; depth <= 0 {
			break
		}
	}
	if best < 0 {
		return nil
	}
	r := rs.list[best]
	guess := most <= leastWorth
	pivot, ok := "", false
	if guess && r.guessed == 0 {
		pivot, ok = rs.afterFolder(r)
	}
	if !ok {
		r.splits++
		pivot, ok = rs.pivot(r)
	}
	if !ok {
		r.guessed = guessesEach
		return nil
	}
	upper := &keyRange{from: pivot, pos: pivot, until: r.until, guess: guess}
	if upper.guess {
		r.guessed++
		upper.guessed = r.guessed
		rs.guesses++
	}
	r.until = pivot
	rs.list = slices.Insert(rs.list, best+1, upper)
	return upper
}

// afterFolder is the end of the outermost folder of what was listed that ends
// within the range. Whether anything comes after it is one answer away, and
// what does is a folder of its own, which can be cut in the same way.
func (rs *ranges) afterFolder(r *keyRange) (string, bool) {
	lo, hi := rs.suffix(r.pos), rs.suffix(r.until)
	for d := range len(lo) {
		if lo[d] != '/' {
			continue
		}
		if after := lo[:d] + "0"; hi == "" || after < hi { // in ASCII 0 comes after /
			return rs.prefix + after, true
		}
	}
	return "", false
}

// pivot finds where to cut a range between what is listed and its end.
func (rs *ranges) pivot(r *keyRange) (string, bool) {
	p, ok := rs.learned.between(rs.suffix(r.pos), rs.suffix(r.until), r.keys == 0 || r.splits%2 == 0)
	if !ok {
		return "", false
	}
	if slash := strings.IndexByte(p, '/'); rs.level && slash >= 0 {
		p = p[:slash] + "0" // after the prefix: none may lie on both sides. In ASCII 0 comes after /
	}
	p = rs.prefix + p
	return p, p > r.pos && (r.until == "" || p < r.until)
}

func (rs *ranges) suffix(key string) string { return strings.TrimPrefix(key, rs.prefix) }

// left reckons how many pages a range has left, from how far its keys have come
// between its bounds. It is leastWorth where only a guess is left, and 0 where
// the range should not be cut.
func (rs *ranges) left(r *keyRange) float64 {
	if r.done {
		return 0
	}
	if r.keys == 0 {
		return rs.guessWorth(r) / 2
	}
	from, pos, until := rs.learned.span(rs.suffix(r.from), rs.suffix(r.pos), rs.suffix(r.until))
	pages := 0.0
	if pos > from && until > pos {
		pages = float64(r.keys) / float64(rs.page) * (until - pos) / (pos - from)
	}
	if pages > leastWorth {
		return pages
	}
	beyond := pages < beyondSeen || r.until == "" // as far as was seen, and yet there is more
	if beyond {
		return rs.guessWorth(r)
	}
	return 0
}

// guessWorth is what cutting a range on a guess is worth: less each time, and
// nothing when too many guesses were wrong.
func (rs *ranges) guessWorth(r *keyRange) float64 {
	allowed := guessesEach
	if rs.guesses >= min(freeGuesses, rs.useful*rs.useful)+rs.useful/usefulPerOne {
		allowed = 0
		if rs.idle {
			allowed = guessesEach / 2
		}
	}
	if r.guessed >= allowed {
		return 0
	}
	return leastWorth / float64(1+r.guessed)
}

// add puts a page into its range, cut at the range's end, and returns how many
// entries were kept. Pages that will have to wait are packed.
func (rs *ranges) add(r *keyRange, p Page, unordered bool) int {
	page := p.Entries
	rs.learn(page)
	r.token = p.Next
	if len(page) > 0 {
		r.pos = page[len(page)-1].Key
	}
	if r.until != "" && r.pos >= r.until {
		r.done = true
		page = upTo(page, r.until)
	}
	if !p.More || len(p.Entries) == 0 && p.Next == "" {
		r.done = true
	}
	for rs.skip != "" && len(page) > 0 && page[0].Key <= rs.skip {
		page = page[1:]
	}
	r.keys += len(page)
	r.guessed = 0
	if len(page) > 0 {
		r.pages = append(r.pages, holdPage(page, !unordered && r != rs.list[0]))
		r.last = page[len(page)-1].Key
	}
	rs.page = max(rs.page, len(p.Entries))
	rs.count(r, len(page) >= rs.page/4)
	return len(page)
}

// count keeps the account of guesses: one that found a good part of a page
// costs nothing.
func (rs *ranges) count(r *keyRange, good bool) {
	switch {
	case good:
		rs.useful++
		if r.guess {
			rs.guesses--
		}
	case !r.guess:
		rs.guesses++
	}
	r.guess = false
}

// upTo keeps the entries up to and with the key.
func upTo(page []Entry, last string) []Entry {
	n := len(page)
	for n > 0 && page[n-1].Key > last {
		n--
	}
	return page[:n]
}

// learn takes every 16th key as a sample of what the others look like.
func (rs *ranges) learn(page []Entry) {
	for i := 0; i < len(page); i += 16 {
		rs.learned.add(rs.suffix(page[i].Key))
	}
	if len(page) > 0 {
		rs.learned.add(rs.suffix(page[len(page)-1].Key))
	}
}

// drain takes out the pages that can be handed over: those of the first range,
// and of the next when the first is finished; all pages when order does not
// matter. last is the greatest key among them, or less.
func (rs *ranges) drain(unordered bool) (out []heldPage, last string) {
	keep := rs.list[:0]
	open := false // an unfinished range was passed
	for _, r := range rs.list {
		if (!open || unordered) && len(r.pages) > 0 {
			out, last = append(out, r.pages...), r.last
			r.pages = nil
		}
		if !r.done {
			open = true
		}
		if !r.done || len(r.pages) > 0 {
			keep = append(keep, r)
		}
	}
	clear(rs.list[len(keep):])
	rs.list = keep
	return out, last
}
