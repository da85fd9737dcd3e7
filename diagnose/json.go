package diagnose

import (
	"bytes"
	"encoding/json"

	"s403/diagnose/message"
)

// The JSON of "s403 why --output json", as the contract fixes it. Fields may be
// added, none renamed; no array is ever null.

type jsonReport struct {
	Schema    int            `json:"schema"`
	Target    jsonTarget     `json:"target"`
	Store     string         `json:"store"`
	Caller    jsonCaller     `json:"caller"`
	Outcome   jsonOutcome    `json:"outcome"`
	Verdict   jsonVerdict    `json:"verdict"`
	Causes    []jsonCause    `json:"causes"`
	Stations  []jsonStation  `json:"stations"`
	Trace     []jsonStep     `json:"trace"`
	Exchanges []jsonExchange `json:"exchanges"`
	Gaps      []string       `json:"gaps"`
}

type jsonTarget struct {
	Bucket    string `json:"bucket"`
	Key       string `json:"key"`
	VersionID string `json:"versionId"`
	Endpoint  string `json:"endpoint"`
	Region    string `json:"region"`
}

type jsonCaller struct {
	ARN     string `json:"arn"`
	Account string `json:"account"`
	Kind    string `json:"kind"`
	Source  string `json:"source"`
}

type jsonOutcome struct {
	Operation string `json:"operation"`
	Status    int    `json:"status"`
	Code      string `json:"code"`
	RequestID string `json:"requestId"`
	HostID    string `json:"hostId"`
}

type jsonVerdict struct {
	Cause      CauseID    `json:"cause"`
	Confidence Confidence `json:"confidence"`
	Summary    string     `json:"summary"`
	Behind     []CauseID  `json:"behind"`
}

type jsonCause struct {
	ID         CauseID     `json:"id"`
	State      CauseState  `json:"state"`
	Confidence Confidence  `json:"confidence"`
	Why        string      `json:"why"`
	Evidence   []jsonShown `json:"evidence"`
	Fixes      []jsonFix   `json:"fixes"`
}

type jsonShown struct {
	Fact      string `json:"fact"`
	Source    string `json:"source"`
	RequestID string `json:"requestId"`
	CLI       string `json:"cli"`
}

type jsonFix struct {
	Title  string          `json:"title"`
	Who    Who             `json:"who"`
	Kind   FixKind         `json:"kind"`
	Text   string          `json:"text"`
	Policy json.RawMessage `json:"policy"`
	// Document is the whole document to put, where it was read: the commands'
	// policy.json.
	Document json.RawMessage `json:"document,omitempty"`
	// Together: it mends only with the finding's other fixes that are marked so.
	Together bool `json:"together,omitempty"`
}

type jsonStation struct {
	Number int          `json:"number"`
	Name   string       `json:"name"`
	State  StationState `json:"state"`
	Line   string       `json:"line"`
}

type jsonStep struct {
	Layer     string `json:"layer"`
	Effect    string `json:"effect"`
	Policy    string `json:"policy"`
	Statement int    `json:"statement"`
	Sid       string `json:"sid"`
	Reason    string `json:"reason"`
}

type jsonExchange struct {
	Operation string `json:"operation"`
	Detail    string `json:"detail"`
	Service   string `json:"service"`
	Status    int    `json:"status"`
	Code      string `json:"code"`
	RequestID string `json:"requestId"`
	MS        int64  `json:"ms"`
	CLI       string `json:"cli"`
}

// JSON renders the report as the contract's object, indented, with a line break
// at its end. It holds no secret.
func (r Report) JSON() ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(r.forJSON()); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func (r Report) forJSON() jsonReport {
	out := jsonReport{
		Schema: 1,
		Target: jsonTarget{
			Bucket: r.Target.Bucket, Key: r.Target.Key, VersionID: r.Options.VersionID,
			Endpoint: message.Redact(r.Target.Endpoint), Region: r.Target.Region,
		},
		Store: r.Store.Name,
		Caller: jsonCaller{
			ARN: r.Caller.ARN, Account: r.Caller.Account, Kind: string(r.Caller.Kind), Source: message.Redact(r.Source),
		},
		Outcome: jsonOutcome{
			Operation: r.Outcome.Operation, Status: r.Outcome.Status, Code: r.Outcome.Code,
			RequestID: r.Outcome.RequestID, HostID: r.Outcome.HostID,
		},
		Verdict: jsonVerdict{
			Cause: r.Verdict.Cause, Confidence: r.Verdict.Confidence,
			Summary: message.Redact(r.Verdict.Summary), Behind: append([]CauseID{}, r.Verdict.Behind...),
		},
	}
	if out.Caller.Kind == "" {
		out.Caller.Kind = string(KindUnknown)
	}
	r.listsForJSON(&out)
	return out
}

// listsForJSON fills the arrays; they are empty, never null.
func (r Report) listsForJSON(out *jsonReport) {
	out.Causes, out.Stations = make([]jsonCause, 0, len(r.Findings)), make([]jsonStation, 0, len(r.Stations))
	out.Trace, out.Exchanges = make([]jsonStep, 0, len(r.Trace)), make([]jsonExchange, 0, len(r.Exchanges))
	out.Gaps = make([]string, 0, len(r.Gaps))
	for _, f := range r.Findings {
		out.Causes = append(out.Causes, f.forJSON())
	}
	for _, s := range r.Stations {
		out.Stations = append(out.Stations, jsonStation{s.Number, s.Name, s.State, message.Redact(s.Line)})
	}
	for _, s := range r.Trace {
		out.Trace = append(out.Trace, jsonStep{s.Layer, s.Effect, s.Policy, s.Statement, s.Sid, message.Redact(s.Reason)})
	}
	for _, x := range r.Exchanges {
		out.Exchanges = append(out.Exchanges, jsonExchange{
			Operation: x.Operation, Detail: x.Detail, Service: x.Service, Status: x.Status, Code: x.Code,
			RequestID: x.RequestID, MS: x.Elapsed.Milliseconds(), CLI: message.Redact(x.CLI),
		})
	}
	for _, gap := range r.Gaps {
		out.Gaps = append(out.Gaps, message.Redact(gap))
	}
}

func (f Finding) forJSON() jsonCause {
	out := jsonCause{
		ID: f.ID, State: f.State, Confidence: f.Confidence, Why: message.Redact(f.Why),
		Evidence: make([]jsonShown, 0, len(f.Evidence)), Fixes: make([]jsonFix, 0, len(f.Fixes)),
	}
	for _, s := range f.Evidence {
		out.Evidence = append(out.Evidence, jsonShown{
			Fact: message.Redact(s.Fact), Source: s.Source, RequestID: s.RequestID, CLI: message.Redact(s.CLI),
		})
	}
	for _, fix := range f.Fixes {
		policy := json.RawMessage("{}")
		if json.Valid(fix.Policy) {
			policy = fix.Policy
		}
		document := json.RawMessage(nil)
		if fix.Kind == FixPolicy && json.Valid(fix.After) {
			document = fix.After
		}
		out.Fixes = append(out.Fixes, jsonFix{fix.Title, fix.Who, fix.Kind, message.Redact(fix.Text), policy, document, fix.Together})
	}
	return out
}
