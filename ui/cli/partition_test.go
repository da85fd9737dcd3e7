package cli

import (
	"strings"
	"testing"
)

// partitionsConfig is somebody who works in three partitions. Nothing answers
// there: the proxy is a port at which nobody listens.
const partitionsConfig = `[profile cn]
region = cn-northwest-1
aws_access_key_id = AKIAIOSFODNN7EXAMPLE
aws_secret_access_key = x
[profile gov]
region = us-gov-west-1
aws_access_key_id = AKIAIOSFODNN7EXAMPLE
aws_secret_access_key = x
[profile world]
region = eu-west-1
aws_access_key_id = AKIAIOSFODNN7EXAMPLE
aws_secret_access_key = x
`

// The copy menu has the ARN, the URL and the commands of the partition that she is
// in, before anything has answered.
func TestCopyInEachPartition(t *testing.T) {
	for _, c := range []struct{ profile, arn, url, region string }{
		{"cn", "arn:aws-cn:s3:::acme-shop/orders/1.csv", "https://acme-shop.s3.cn-northwest-1.amazonaws.com.cn/orders/1.csv", "cn-northwest-1"},
		{"gov", "arn:aws-us-gov:s3:::acme-shop/orders/1.csv", "https://acme-shop.s3.us-gov-west-1.amazonaws.com/orders/1.csv", "us-gov-west-1"},
		{"world", "arn:aws:s3:::acme-shop/orders/1.csv", "https://acme-shop.s3.eu-west-1.amazonaws.com/orders/1.csv", "eu-west-1"},
	} {
		t.Run(c.profile, func(t *testing.T) {
			awsFiles(t, partitionsConfig)
			t.Setenv("HTTPS_PROXY", "http://127.0.0.1:1")
			t.Setenv("AWS_MAX_ATTEMPTS", "1")
			term := onTerminal(t, "--profile", c.profile, "s3://acme-shop/orders/1.csv").sees("could not be listed")
			term.press("y").sees("╭ copy").press("a").misses("╭ copy").copied(c.arn)
			term.press("y").sees("╭ copy").press("l").misses("╭ copy").copied(c.url)
			term.press("y").sees("╭ copy").press("c").misses("╭ copy")
			term.copied("aws s3api head-object --bucket acme-shop --key orders/1.csv --profile " + c.profile)
			term.press("y").sees("╭ copy").press("d").misses("╭ copy").copied("aws s3 cp s3://acme-shop/orders/1.csv . --profile " + c.profile)
			term.press("y").sees("╭ copy").press("p").sees("presigned URL, valid until")
			if link := term.clipboard(); !strings.HasPrefix(link, c.url+"?") || !strings.Contains(link, "%2F"+c.region+"%2Fs3%2Faws4_request") {
				t.Errorf("the presigned URL begins with %.90q", link)
			}
			term.press("i").sees("partition", strings.Split(c.arn, ":")[1]).press("esc").misses("╭ who am I").press("q").quits()
		})
	}
}

// copied waits until this is on the terminal's clipboard.
func (term *terminal) copied(text string) *terminal {
	term.t.Helper()
	return term.until("copy "+text, func(string) bool { return strings.Contains(term.sent(), text) })
}

// sent is what is on the clipboard, or nothing.
func (term *terminal) sent() string {
	if term.drew("\x1b]52;c;") < 0 {
		return ""
	}
	return term.clipboard()
}
