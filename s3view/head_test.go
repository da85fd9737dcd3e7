package s3view

import (
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// set gives a value to one field of an answer of HeadObject, of whatever type.
func set(t *testing.T, field reflect.Value) {
	t.Helper()
	if field.Kind() == reflect.Pointer {
		field.Set(reflect.New(field.Type().Elem()))
		field = field.Elem()
	}
	switch field.Kind() {
	case reflect.String:
		field.SetString("sentinel")
	case reflect.Int32, reflect.Int64:
		field.SetInt(4711)
	case reflect.Bool:
		field.SetBool(true)
	case reflect.Map:
		field.Set(reflect.ValueOf(map[string]string{"sentinel": "1"}))
	case reflect.Struct:
		field.Set(reflect.ValueOf(time.Date(2026, time.October, 2, 9, 14, 7, 0, time.UTC)))
	default:
		t.Fatalf("no value for a %s", field.Type())
	}
}

// Whatever the SDK reads from a HEAD is shown: a field that it learns in a later
// version fails here until it has a name on the screen.
func TestHeadForgetsNoField(t *testing.T) {
	elsewhere := map[string]string{
		"ResultMetadata": "what the SDK notes of the call",
		"Expires":        "deprecated by the SDK: ExpiresString has the header as it was sent",
	}
	show := func(out *s3.HeadObjectOutput) []string {
		h := headOf(out)
		var lines []string
		for _, f := range slices.Concat(h.Fields, h.Metadata) {
			lines = append(lines, f.Name+"="+f.Value)
		}
		return lines
	}
	nothing := show(&s3.HeadObjectOutput{})
	fields := reflect.TypeFor[s3.HeadObjectOutput]()
	for i := range fields.NumField() {
		name := fields.Field(i).Name
		if elsewhere[name] != "" || !fields.Field(i).IsExported() {
			continue
		}
		out := &s3.HeadObjectOutput{}
		set(t, reflect.ValueOf(out).Elem().Field(i))
		if slices.Equal(show(out), nothing) {
			t.Errorf("%s (%s) is not shown", name, fields.Field(i).Type)
		}
	}
}

// Whatever is asked of an object or a bucket ends in one of five states, and
// each says what it is.
func TestFiveStates(t *testing.T) {
	answers := []struct {
		name   string
		status int
		code   string
		state  FieldState
		why    string // in it, where the state has a reason
	}{
		{"refused", 403, "AccessDenied", Denied, "needs "},
		{"refused without a signature", 401, "Unauthorized", Denied, "needs "},
		{"not there", 0, "", NotConfigured, ""}, // the code that the question's own table names
		{"unknown to the store", 501, "NotImplemented", NotSupported, "this store does not have it"},
		{"no such method", 405, "MethodNotAllowed", NotSupported, "this store does not have it"},
		{"the bucket is gone", 404, "NoSuchBucket", Failed, "404 NoSuchBucket"},
		{"broken", 400, "Teapot", Failed, "400 Teapot"},
	}
	type question struct {
		name   string
		absent string
		ask    func(*Store) Field
	}
	object := Location{Bucket: "bucket", Key: "k"}
	questions := []question{
		{"tags of an object", "NoSuchTagSet", func(st *Store) Field { return st.Tags(t.Context(), object)[0] }},
		{"ACL of an object", "", func(st *Store) Field { return st.ACL(t.Context(), object)[0] }},
		{"ACL of a bucket", "", func(st *Store) Field { return st.ACL(t.Context(), Location{Bucket: "bucket"})[0] }},
	}
	for _, s := range settings {
		absent := ""
		if len(s.absent) > 0 {
			absent = s.absent[0]
		}
		questions = append(questions, question{s.name, absent, func(st *Store) Field { return st.settingField(t.Context(), "bucket", s) }})
	}
	for _, q := range questions {
		for _, a := range answers {
			if a.state == NotConfigured {
				if q.absent == "" {
					continue
				}
				a.status, a.code = 404, q.absent
			}
			st, _ := open(t, Options{OneRegion: true}, func(w http.ResponseWriter, _ *http.Request) { refuse(w, a.status, a.code) })
			f := q.ask(st)
			if f.State != a.state || !strings.Contains(f.Why, a.why) || (a.why == "") != (f.Why == "") || f.Value != "" {
				t.Errorf("%s, %s: %s %q, want %s %q", q.name, a.name, f.State, f.Why, a.state, a.why)
			}
			if !strings.HasPrefix(f.Action, "s3:") || strings.Contains(f.Action, "HeadObject") {
				t.Errorf("%s needs %q", q.name, f.Action)
			}
			if (a.state == Known || a.state == NotConfigured) != (f.Err == nil) {
				t.Errorf("%s, %s: the error is %v", q.name, a.name, f.Err)
			}
		}
	}
}

// An answer that holds nothing is "not configured", never an empty value; but
// for what has a meaning when it is left out.
func TestEmptyAnswers(t *testing.T) {
	means := map[string]string{"who pays": "the bucket's owner", "public access block": "all four off"}
	st, _ := open(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.RawQuery != "policy=" {
			_, _ = w.Write([]byte("<Empty></Empty>"))
		}
	})
	for _, s := range settings {
		f := st.settingField(t.Context(), "bucket", s)
		if f.Value != means[s.name] || (f.State == NotConfigured) != (f.Value == "") {
			t.Errorf("%s: %+v", s.name, f)
		}
	}
}

// An ACL may name nobody: MinIO's have a grant, and neither owner nor grantee.
func TestACLWithoutNames(t *testing.T) {
	st, _ := open(t, Options{}, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`<AccessControlPolicy><Owner><ID></ID></Owner><AccessControlList><Grant>` +
			`<Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"/><Permission>FULL_CONTROL</Permission></Grant></AccessControlList></AccessControlPolicy>`))
	})
	fields := st.ACL(t.Context(), Location{Bucket: "bucket", Key: "k"})
	if len(fields) != 2 || fields[0].Value != unnamed || fields[1].Name != unnamed || fields[1].Value != "FULL_CONTROL" {
		t.Errorf("%+v", fields)
	}
}
