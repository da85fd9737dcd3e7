package message

import "strings"

// fields are the facts that clients print around the message.
type fields struct {
	operation, code, region, requestID string
	status                             int
}

// readFields finds the facts in the wordings of the AWS CLI, boto3, the SDKs for
// Go, Java, JavaScript, Kotlin, .NET, PHP, Ruby and Rust, of Terraform, rclone,
// s5cmd, s3cmd, s3fs, Hadoop and curl.
func readFields(text, low string) fields {
	f := fields{
		operation: readOperation(text, low),
		status:    readStatus(low),
		region:    readRegion(text, low),
		requestID: readRequestID(text, low),
	}
	f.code = readCode(text, low)
	if f.status == 0 && f.code == "" && len(low) <= 4096 && (namesS3(low) || shortText(low)) {
		f.status = scanStatus(low, plainStatus) // "I get a 403 from my bucket"
	}
	return f
}

// shortText tells a text that is a status and little more: "403", "HTTP 403".
func shortText(low string) bool { return len(strings.TrimSpace(low)) <= 12 }

// cues before the name of an operation, in folded text.
var operationCues = [...]string{
	"when calling the ", "error occurred when calling the ", "calling the ",
	"operation error s3: ", "operation error s3 control: ", "operation error sts: ", "operation error kms: ",
	"error executing \"", "aws s3.", "\"eventname\": \"", "\"eventname\":\"", "eventname: ", "eventname ",
	"\"operation\": \"", "\"operation\":\"", "operation: ", "operation=", "operationname: ", "operation name: ",
	" during ", "de_", ".throw", "api: s3:",
}

// readOperation finds the API operation: behind a cue, or else by its own name.
func readOperation(text, low string) string {
	for _, cue := range operationCues {
		if i := strings.Index(low, cue); i >= 0 {
			name := text[i+len(cue):]
			name = operationStem(name[:nameLength(name)])
			if operationName(name) {
				return name
			}
		}
	}
	return operationStem(knownWord(text, func(word string) bool { return s3Operations[operationStem(word)] }))
}

// operationStem is the operation in a class name of an SDK: HeadObjectCommand
// (JavaScript), HeadObjectError (Rust), GetObjectRequest (Java, .NET),
// HeadObjectOutputError (Swift).
func operationStem(name string) string {
	for _, tail := range [...]string{"Error", "Output", "Command", "Request"} {
		name = strings.TrimSuffix(name, tail)
	}
	if name == "GetObjectMetadata" { // what the SDK for Java 1 calls a HEAD
		return "HeadObject"
	}
	return name
}

// operationName tells a name in the spelling of operations from other words.
func operationName(name string) bool {
	if len(name) < 5 || len(name) > 64 || name[0] < 'A' || name[0] > 'Z' {
		return false
	}
	return strings.ContainsAny(name[1:], "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
}

func nameLength(s string) int {
	for i := range min(len(s), 128) {
		if c := s[i]; !wordByte(c) || c == '-' || c == '_' {
			return i
		}
	}
	return min(len(s), 128)
}

// knownWord returns the first word of text that known accepts and that is not
// part of an action, a path or a longer dotted name.
func knownWord(text string, known func(string) bool) string {
	for at := 0; at < len(text); {
		n := nameLength(text[at:])
		if n == 0 {
			at++
			continue
		}
		if text[at] >= 'A' && text[at] <= 'Z' && n >= 5 && !joined(text, at) && known(text[at:at+n]) {
			return text[at : at+n]
		}
		at += n
	}
	return ""
}

// joined tells whether the word at position at hangs on an action ("s3:Name"),
// on a path or on a key.
func joined(text string, at int) bool {
	if at == 0 {
		return false
	}
	switch text[at-1] {
	case ':':
		return at >= 2 && wordByte(text[at-2]) && !strings.HasSuffix(text[:at], "::") && lowerCase(text[at-2])
	case '/', '-', '_':
		return true
	}
	return false
}

func lowerCase(c byte) bool { return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' }

// codeCues stand before an error code; the value must look like one.
var codeCues = [...]string{
	"error occurred (", "api error ", "error code: ", "error code:", "errorcode: ", "errorcode\":", "errorcode\": ",
	"errorcode ", "errorcode=", "\"code\":", "'code':", "code: ", "code:", "code = ", "code=", "<code>",
	"_restcode = errorcode ", "aws error ",
}

// readCode finds the error code: behind a cue, or else by its own name.
func readCode(text, low string) string {
	for _, cue := range codeCues {
		for at := 0; ; {
			i := strings.Index(low[at:], cue)
			if i < 0 {
				break
			}
			start := at + i
			at = start + len(cue)
			if start > 0 && lowerCase(low[start-1]) && cue[0] == 'c' {
				continue // "statuscode:"
			}
			if code := codeValue(text[at:]); code != "" {
				return code
			}
		}
	}
	if word := knownWord(text, func(w string) bool { return knownCode(w) && !vagueCode(w) }); word != "" {
		return word
	}
	if word := knownWord(text, vagueCode); word != "" {
		return word
	}
	if strings.Contains(low, "bad request") {
		return "BadRequest"
	}
	return ""
}

// codeValue reads a code at the start of s: "AccessDenied", 'AccessDenied',
// KMS.DisabledException, "403 Forbidden". A bare number is no code.
func codeValue(s string) string {
	s = strings.TrimLeft(s[:min(len(s), 160)], " \n\t\"'`\\")
	if len(s) > 4 && s[3] == ' ' && s[0] >= '3' && s[0] <= '5' {
		s = s[4:]
	}
	if strings.HasPrefix(s, "Bad Request") {
		return "BadRequest"
	}
	n := 0
	for n < len(s) && (wordByte(s[n]) || s[n] == '.') {
		n++
	}
	code := strings.TrimRight(s[:n], ".-_")
	if strings.Contains(code, "_") && code == strings.ToUpper(code) {
		code = camelCase(code)
	}
	if len(code) < 4 || len(code) > 64 || code[0] < 'A' || code[0] > 'Z' || code == "None" {
		return ""
	}
	if !knownCode(code) && !vagueCode(code) && !operationName(code) {
		return ""
	}
	return code
}

// camelCase is a code in the spelling of constants, as the SDK for C++ prints
// it, in S3's own: ACCESS_DENIED is AccessDenied.
func camelCase(constant string) string {
	var out strings.Builder
	for word := range strings.SplitSeq(constant, "_") {
		if word != "" {
			out.WriteString(word[:1] + strings.ToLower(word[1:]))
		}
	}
	return out.String()
}

// vagueCode tells the codes that a client made of a status for want of a body,
// and the words that are also names of classes.
func vagueCode(code string) bool {
	switch code {
	case "Forbidden", "NotFound", "BadRequest", "MovedPermanently", "AccessDeniedException", "Unauthorized":
		return true
	}
	return false
}

// statusCues stand before an HTTP status.
var statusCues = [...]string{
	"status", "code", "http/1.1", "http/1.0", "http/2", "http/2.0", "http/3", "http", "(", "error",
	"response", "returned", "exception",
}

// reasonPhrases stand behind a status.
var reasonPhrases = map[string]bool{
	"forbidden": true, "bad": true, "moved": true, "not": true, "method": true, "service": true,
	"slow": true, "unauthorized": true, "error": true, "precondition": true, "temporary": true, "access": true,
}

// readStatus finds the HTTP status: a number of three digits between 300 and
// 599 with a cue before it or a reason phrase behind it.
func readStatus(low string) int {
	return scanStatus(low, statusAt)
}

// plainStatus takes the commonest statuses where they stand as words.
func plainStatus(low string, at, end int) bool {
	if n := low[at:end]; n != "403" && n != "301" && n != "400" && n != "404" || strings.HasSuffix(low[:at], "line ") {
		return false
	}
	return (at == 0 || low[at-1] == ' ') && (end == len(low) || strings.IndexByte(" .,:;!?)", low[end]) >= 0)
}

// scanStatus returns the first number that accept takes for a status.
func scanStatus(low string, accept func(low string, at, end int) bool) int {
	for at := 0; at+3 <= len(low); at++ {
		c := low[at]
		if c < '0' || c > '9' {
			continue
		}
		end := at
		for end < len(low) && low[end] >= '0' && low[end] <= '9' {
			end++
		}
		if end-at == 3 && c >= '3' && c <= '5' && accept(low, at, end) {
			return int(c-'0')*100 + int(low[at+1]-'0')*10 + int(low[at+2]-'0')
		}
		at = end
	}
	return 0
}

func statusAt(low string, at, end int) bool {
	if at > 0 && (lowerCase(low[at-1]) || strings.IndexByte(".-/_", low[at-1]) >= 0) {
		return false
	}
	if end < len(low) && (lowerCase(low[end]) || strings.IndexByte("-_/", low[end]) >= 0) {
		return false
	}
	before := strings.TrimRight(low[max(0, at-24):at], " ")
	if strings.HasSuffix(before, "=>") { // "s3.HeadObject => 400"
		return true
	}
	before = strings.TrimRight(before, " :='\"`>,\\{")
	for _, cue := range statusCues {
		if strings.HasSuffix(before, cue) {
			return true
		}
	}
	rest := strings.TrimLeft(low[end:min(len(low), end+24)], " :-`")
	phrase := strings.TrimPrefix(rest, "(")
	return reasonPhrases[phrase[:wordEnd(phrase, 0)]] || strings.HasPrefix(rest, "(") && at < 64
}

// regionCues stand before the region that S3 expects.
var regionCues = [...]string{
	"expecting ", "<region>", "x-amz-bucket-region: ", "x-amz-bucket-region\": ", "x-amz-bucket-region\":",
	"x-amz-bucket-region': ", "bucket is in this region: ", "the bucket is in region ", "bucket is in ",
	"bucket region is ", "expected region: ", "bucketregion: ",
}

// readRegion finds the region that S3 was expecting, or that the endpoint it
// names stands in.
func readRegion(text, low string) string {
	for _, cue := range regionCues {
		if i := strings.Index(low, cue); i >= 0 {
			if region := regionValue(text[i+len(cue):]); region != "" {
				return region
			}
		}
	}
	for _, cue := range [...]string{"<endpoint>", "to this endpoint: ", "to this endpoint:", "endpoint: "} {
		if i := strings.Index(low, cue); i >= 0 && strings.Contains(low, "permanentredirect") {
			if region := hostRegion(low[i+len(cue):]); region != "" {
				return region
			}
		}
	}
	return ""
}

// regionValue reads a region's name at the start of s, in quotes or not. Behind
// a quote any word is taken, for other stores name regions as they like.
func regionValue(s string) string {
	s = s[:min(len(s), 80)]
	bare := strings.TrimLeft(s, " '\"`‘“")
	n := 0
	for n < len(bare) && wordByte(bare[n]) {
		n++
	}
	region, behind := bare[:n], bare[n:]
	element := strings.HasPrefix(behind, "</")
	if !element && behind != "" && strings.IndexByte("/<>", behind[0]) >= 0 {
		return ""
	}
	quoted := len(strings.TrimLeft(s, " ")) > len(bare)
	if len(region) < 2 || len(region) > 40 || !quoted && !element && !regionName(region) {
		return ""
	}
	return region
}

// regionName tells names such as eu-west-1 and us-gov-east-1 from other words.
func regionName(s string) bool {
	parts := strings.Split(s, "-")
	last := parts[len(parts)-1]
	return len(parts) >= 3 && len(parts) <= 5 && len(parts[0]) >= 2 && len(last) == 1 && last[0] >= '1' && last[0] <= '9'
}

// hostRegion reads the region out of an S3 host name: b.s3.eu-west-1.amazonaws.com
// or b.s3-eu-west-1.amazonaws.com.
func hostRegion(low string) string {
	host := strings.Trim(low[:min(len(low), 255)], " '\"`")
	end := strings.Index(host, ".amazonaws.com")
	if end < 0 {
		return ""
	}
	host = host[:end]
	if i := strings.LastIndex(host, "s3"); i >= 0 {
		if region := strings.Trim(host[i+2:], ".-"); regionName(region) {
			return region
		}
	}
	return ""
}

// requestCues stand before x-amz-request-id; the extended id has another name.
var requestCues = [...]string{
	"<requestid>", "x-amz-request-id", "requestid", "request id", "request_id", "request-id", ",rid",
}

// readRequestID finds the request id, which AWS Support asks for.
func readRequestID(text, low string) string {
	for _, cue := range requestCues {
		for at := 0; at < len(low); {
			i := strings.Index(low[at:], cue)
			if i < 0 {
				break
			}
			start := at + i
			at = start + len(cue)
			if strings.HasSuffix(strings.TrimRight(low[max(0, start-12):start], " -_"), "extended") {
				continue
			}
			if id := requestID(text[at:]); id != "" {
				return id
			}
		}
	}
	return ""
}

func requestID(s string) string {
	s = s[:min(len(s), 200)]
	value := strings.TrimLeft(s, " \n\t:='\"`>\\")
	if len(value) == len(s) && !strings.HasPrefix(s, ">") {
		return ""
	}
	n := 0
	for n < len(value) && (wordByte(value[n]) || value[n] == '/') {
		n++
	}
	switch id := value[:n]; strings.ToLower(id) {
	case "null", "undefined", "none", "", "nil":
		return ""
	default:
		return id
	}
}
