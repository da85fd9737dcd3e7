package lab

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

var ec2Actions = map[string]func(*queryRequest) (string, *apiError){
	"DescribeVpcEndpoints": describeVPCEndpoints,
	"ModifyVpcEndpoint":    modifyVPCEndpoint,
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

// modifyVPCEndpoint sets an endpoint's policy, or brings the default one back.
func modifyVPCEndpoint(q *queryRequest) (string, *apiError) {
	id := q.form.Get("VpcEndpointId")
	e := q.st.endpoints[id]
	acct := q.caller.account()
	if err := q.allowed("ec2:ModifyVpcEndpoint", fmt.Sprintf("arn:aws:ec2:%s:%s:vpc-endpoint/%s", q.sig.region, acct.ID, id)); err != nil {
		return "", err
	}
	if e == nil || e.account != acct {
		return "", failure(http.StatusBadRequest, "InvalidVpcEndpointId.NotFound", "The Vpc Endpoint Id '"+id+"' does not exist")
	}
	document := q.form.Get("PolicyDocument")
	if document == "" && q.form.Get("ResetPolicy") != "true" {
		return "<return>true</return>", nil
	}
	err := q.lab.edit(func(w *World) bool {
		found, _ := changeEndpoint(q.st, w, Change{Owner: id, After: document})
		return found
	})
	if err != nil {
		return "", failure(http.StatusBadRequest, "InvalidPolicyDocument", err.Error())
	}
	return "<return>true</return>", nil
}
