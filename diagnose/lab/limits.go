package lab

// A Limit is something of AWS that a server on one loopback port cannot show, or
// for which something in the world stands in.
type Limit struct {
	What   string
	Why    string
	Causes []string // ids of the causes that are about it; shown by a stand-in
}

// Limits are what the lab cannot show, and what it shows by a stand-in.
func Limits() []Limit {
	return []Limit{
		{"VPC endpoints", "loopback is in no VPC: an actor's entry says through which endpoint she comes", []string{"vpce-no-allow", "vpce-explicit-deny"}},
		{"Lost connections", "loopback has no DNS, TLS or firewall that could fail: the bucket's entry has the connection closed", []string{"network"}},
		{"Proxies and website endpoints", "every name leads to one port: the bucket's entry says what stands before it", []string{"proxy-interference", "website-endpoint"}},
		{"A wrong clock", "server and client share the machine's: an entry says how far the two are apart", []string{"clock-skew"}},
		{"Load and unpaid bills", "nobody is charged and nothing is overloaded: an entry has the bucket or account answer so", []string{"throttled", "account-problem"}},
		{"Multi-Region access points", "not shown: the SDK sends them to accesspoint.s3-global.amazonaws.com whatever the endpoint, signed with SigV4A", nil},
		{"Object Lambda access points", "not shown: they need a host name of their own and a Lambda function", nil},
	}
}
