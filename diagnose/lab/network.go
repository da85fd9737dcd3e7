package lab

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

var ec2Actions = map[string]func(*queryRequest) (string, *apiError){
	"DescribeVpcEndpoints": describeVPCEndpoints,
}

// describeVPCEndpoints shows the endpoints of the caller's account.
func describeVPCEndpoints(q *queryRequest) (string, *apiError) {
	if err := q.allowed("ec2:DescribeVpcEndpoints", "*"); err != nil {
		return "", err
	}
	wanted := q.members("VpcEndpointId.%d")
	var b strings.Builder
	for _, id := range slices.Sorted(maps.Keys(q.st.endpoints)) {
		e := q.st.endpoints[id]
		if e.account != q.caller.account() || len(wanted) > 0 && !slices.Contains(wanted, id) {
			continue
		}
		fmt.Fprintf(&b, "<item><vpcEndpointId>%s</vpcEndpointId><vpcEndpointType>Gateway</vpcEndpointType><vpcId>%s</vpcId><serviceName>com.amazonaws.%s.s3</serviceName><state>available</state><policyDocument>%s</policyDocument><ownerId>%s</ownerId></item>",
			e.ID, e.VPC, e.Region, escape(compact(e.policy.text)), e.account.ID)
	}
	return "<vpcEndpointSet>" + b.String() + "</vpcEndpointSet>", nil
}
