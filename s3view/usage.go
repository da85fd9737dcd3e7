package s3view

import "context"

// Usage counts the objects and bytes below a prefix, many pages side by side.
// each, if not nil, hears how far it has come.
func (st *Store) Usage(ctx context.Context, at Location, each func(WalkStats)) (WalkStats, error) {
	return st.Walk(ctx, at, WalkOptions{Unordered: true}, func(_ []Entry, now WalkStats) error {
		if each != nil {
			each(now)
		}
		return nil
	})
}
