package diagnose

import (
	"fmt"
	"strings"
)

// walk reports the fourteen stations from the findings of the causes that live
// at each.
func (r *reading) walk(findings []Finding) []StationReport {
	at := make([][]Finding, len(stations))
	reports := make([]StationReport, len(stations))
	for i, c := range catalogue {
		at[c.station-1] = append(at[c.station-1], findings[i])
		reports[c.station-1].Causes = append(reports[c.station-1].Causes, c.id)
	}
	stopped := r.stoppedAt(findings)
	for i, s := range stations {
		rep := &reports[i]
		rep.Number, rep.Name, rep.About = i+1, s.name, r.Store.about(i+1)
		rep.State, rep.Line = r.stationState(i+1, at[i], stopped)
		rep.Line = strings.TrimSuffix(rep.Line, ".")
		rep.Pending = !r.Done && rep.State == StationOpen
	}
	return reports
}

// stoppedAt is the station where the request ended: that of the verdict's cause
// when it is at least likely; 0 when it is not known or nothing refused.
func (r *reading) stoppedAt(findings []Finding) int {
	best := first(findings, stands)
	if best < 0 {
		return 0
	}
	return catalogue[best].station
}

// stationState sums the findings of one station up in a state and a line.
func (r *reading) stationState(number int, here []Finding, stopped int) (StationState, string) {
	if stopped == number {
		f := here[first(here, stands)]
		if f.State == Confirmed {
			return StoppedHere, f.Why
		}
		return StoppedHere, "Probably here: " + lowerFirst(f.Why)
	}
	count := map[CauseState]int{}
	for _, f := range here {
		count[f.State]++
	}
	notHere := count[NotApplicable] == len(here)
	if stopped > 0 && r.endedBefore(number, stopped) && (!notHere || r.awsRules()) {
		return StationOpen, "The request did not come this far."
	}
	switch {
	case count[Likely]+count[Confirmed] > 0:
		f := here[first(here, stands)]
		return StationOpen, "It would stop here too: " + lowerFirst(f.Why)
	case notHere:
		return NotOnThisWay, capital(here[0].Why)
	case count[Possible] > 0:
		return StationOpen, capital(pick(here, Possible).Why)
	case count[Unknown] > 0:
		return StationOpen, capital(pick(here, Unknown).Why)
	default:
		return Passed, r.passedLine(number, here)
	}
}

// endedBefore tells that the request ended at a check that comes before any
// policy, so that a later station was never reached.
func (r *reading) endedBefore(number, stopped int) bool {
	if r.sessionRefused() {
		return number > stationBucket && number != stopped
	}
	switch r.live.stop {
	case stopEarly, stopNoAnswer, stopThrottled, stopWebPage, stopAbsent:
		return number > stopped
	}
	return false
}

func pick(here []Finding, state CauseState) Finding {
	for _, f := range here {
		if f.State == state {
			return f
		}
	}
	return Finding{}
}

// passedLine says what let the request pass a station.
func (r *reading) passedLine(number int, here []Finding) string {
	switch number {
	case stationCredentials:
		if id := r.caller(); id.ARN != "" {
			return "The credentials are those of " + id.ARN + "."
		}
		if r.Credentials.Value.AccessKeyID != "" {
			return fmt.Sprintf("The key %s was taken.", r.Credentials.Value.AccessKeyID)
		}
	case stationSignature:
		if r.Skew.Known() && !r.unsigned {
			return fmt.Sprintf("The signature was taken; the clocks differ by %s.", roundSkew(r.Skew.Value))
		}
	case stationEndpoint:
		if region := r.bucketRegion(); region != "" {
			return fmt.Sprintf("%s answered, and the bucket lives in %s.", r.store(), region)
		}
		return r.store() + " answered."
	case stationBucket:
		if !r.bucketSeen() {
			return r.bucketUntold()
		}
		return fmt.Sprintf("The bucket %s exists.", r.Target.Bucket)
	case stationKey:
		if r.Listing.Known() && r.Listing.Value.Found {
			return "The key is there, as the listing shows."
		}
	}
	return capital(pick(here, RuledOut).Why) + "."
}
