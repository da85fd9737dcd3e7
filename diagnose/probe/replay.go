package probe

import (
	"context"
	"net/http"

	"s403/diagnose"
)

// replay sends the URL that was given as the target, as it is: its signature is
// the caller, so no credentials of ours go with it. A presigned URL is signed for
// one method only; the answer to the other is SignatureDoesNotMatch.
func (r *run) replay(ctx context.Context, method string) diagnose.Fact[diagnose.Answer] {
	q := question{operation: "HeadObject", detail: "the URL, as given", service: "s3", verbatim: true}
	q.cli = []string{"curl", "-sI", shownURL(r.config.URL)}
	if method == http.MethodGet {
		q.operation, q.detail = "GetObject", "the URL, as given, Range bytes=0-0"
		q.cli = []string{"curl", "-s", "-r", "0-0", shownURL(r.config.URL)}
	}
	rep := r.call(ctx, q, func(ctx context.Context) error {
		req, err := http.NewRequestWithContext(ctx, method, r.config.URL, http.NoBody)
		if err != nil {
			return err
		}
		if method == http.MethodGet {
			req.Header.Set("Range", "bytes=0-0")
		}
		sent := r.config.Now()
		resp, err := r.client().Do(req)
		if err != nil {
			return err
		}
		if captured, ok := ctx.Value(wireKey{}).(*wire); ok {
			captured.read(resp, r.secrets, sent, r.config.Now())
		}
		return resp.Body.Close()
	})
	return rep.answerFact()
}
