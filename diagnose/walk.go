package diagnose

// walk reports the fourteen stations from the findings of the causes that live
// at each.
func (r *reading) walk(findings []Finding) []StationReport {
	reports := make([]StationReport, len(stations))
	for i, s := range stations {
		reports[i] = StationReport{Number: i + 1, Name: s.name, About: s.about, State: StationOpen, Pending: !r.Done}
	}
	for i, c := range catalogue {
		at := &reports[c.station-1]
		at.Causes = append(at.Causes, c.id)
		if findings[i].State == Confirmed {
			at.State, at.Line = StoppedHere, findings[i].Why
		}
	}
	return reports
}
