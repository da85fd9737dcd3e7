package message

import (
	"encoding/json"
	"slices"
	"strings"
)

// trailEvent is what an explanation needs of a CloudTrail event, in every
// wrapping that people paste: the record, a log file, an EventBridge event, the
// answer of "aws cloudtrail lookup-events".
type trailEvent struct {
	EventName    string `json:"eventName"`
	EventSource  string `json:"eventSource"`
	ErrorCode    string `json:"errorCode"`
	ErrorMessage string `json:"errorMessage"`
	RequestID    string `json:"requestID"`
	UserIdentity struct {
		ARN         string `json:"arn"`
		AccountID   string `json:"accountId"`
		AccessKeyID string `json:"accessKeyId"`
	} `json:"userIdentity"`
	Resources []struct {
		Type string `json:"type"`
		ARN  string `json:"ARN"`
	} `json:"resources"`
	Records []json.RawMessage `json:"Records"`
	Events  []struct {
		CloudTrailEvent string `json:"CloudTrailEvent"`
	} `json:"Events"`
	Detail          json.RawMessage `json:"detail"`
	CloudTrailEvent string          `json:"CloudTrailEvent"`
}

// maxTrail bounds the JSON that is decoded.
const maxTrail = 8 << 20

// readTrail finds a CloudTrail event in text: the first that was refused, or
// else the first.
func readTrail(text string) (trailEvent, bool) {
	if !strings.Contains(text, "eventName") && !strings.Contains(text, "eventSource") || len(text) > maxTrail {
		return trailEvent{}, false
	}
	start := strings.IndexAny(text, "{[")
	if start < 0 {
		return trailEvent{}, false
	}
	budget := 1000
	return refusedEvent(json.RawMessage(text[start:]), 4, &budget)
}

// refusedEvent opens one wrapping after the other, depth of them at most, and
// looks at no more than budget events.
func refusedEvent(raw json.RawMessage, depth int, budget *int) (trailEvent, bool) {
	*budget--
	if depth == 0 || len(raw) == 0 || *budget < 0 {
		return trailEvent{}, false
	}
	decoder := json.NewDecoder(strings.NewReader(string(raw)))
	if raw[0] == '[' {
		var list []json.RawMessage
		if decoder.Decode(&list) != nil {
			return trailEvent{}, false
		}
		return firstRefused(list, depth-1, budget)
	}
	var e trailEvent
	if decoder.Decode(&e) != nil {
		return trailEvent{}, false
	}
	if e.EventName != "" {
		return e, true
	}
	inner := slices.Concat(e.Records, []json.RawMessage{e.Detail, json.RawMessage(e.CloudTrailEvent)})
	for _, event := range e.Events {
		inner = append(inner, json.RawMessage(event.CloudTrailEvent))
	}
	return firstRefused(inner, depth-1, budget)
}

func firstRefused(list []json.RawMessage, depth int, budget *int) (trailEvent, bool) {
	var first trailEvent
	found := false
	for _, raw := range list {
		e, ok := refusedEvent(raw, depth, budget)
		if ok && e.ErrorCode != "" {
			return e, true
		}
		if ok && !found {
			first, found = e, true
		}
	}
	return first, found
}

// unsigned tells an event of an anonymous caller (S3 User Guide, "Amazon S3
// CloudTrail events": the account id is ANONYMOUS_PRINCIPAL).
func (e trailEvent) unsigned() bool {
	id := e.UserIdentity.AccountID
	return strings.EqualFold(id, "ANONYMOUS_PRINCIPAL") || strings.EqualFold(id, "anonymous")
}

// object is the ARN of the object that the event was about, or of its bucket.
func (e trailEvent) object() string {
	arn := ""
	for _, r := range e.Resources {
		if r.Type == "AWS::S3::Object" && r.ARN != "" {
			return r.ARN
		}
		if arn == "" {
			arn = r.ARN
		}
	}
	return arn
}
