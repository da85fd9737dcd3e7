package s3view

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

// JSON is laid out also where it was cut off, or is several documents.
func TestIndentJSON(t *testing.T) {
	for text, want := range map[string]string{
		`{"a":[1,2,{}],"b":"x: {,}\"[","c":[ ]}`: "{\n  \"a\": [\n    1,\n    2,\n    {}\n  ],\n  \"b\": \"x: {,}\\\"[\",\n  \"c\": []\n}",
		`{"a":1}` + "\n" + `{"a":2}`:             "{\n  \"a\": 1\n}\n{\n  \"a\": 2\n}",
		`{"a":{"b":"cut o`:                       "{\n  \"a\": {\n    \"b\": \"cut o",
		"1 2\n\"x\"\n[3]":                        "1\n2\n\"x\"\n[\n  3\n]",
		`{"a" : tru e}`:                          "{\n  \"a\": tru e\n}",
		`]]`:                                     "\n]\n]",
		"":                                       "",
	} {
		if got := string(IndentJSON([]byte(text))); got != want {
			t.Errorf("%s becomes\n%s\nwant\n%s", text, got, want)
		}
	}
	if n := len(IndentJSON([]byte(strings.Repeat("[", 1<<20)))); n > jsonLong+2*jsonDepth+4 {
		t.Errorf("a million brackets become %d bytes", n)
	}
}

// Layout changes nothing but the white space of a document.
func FuzzIndentJSON(f *testing.F) {
	f.Add([]byte(`{"a":[1,"\\",null]} `))
	f.Fuzz(func(t *testing.T, text []byte) {
		var before, after bytes.Buffer
		if json.Compact(&before, text) != nil || len(text) > 1<<16 {
			return
		}
		laid := IndentJSON(text)
		if err := json.Compact(&after, laid); err != nil || !bytes.Equal(before.Bytes(), after.Bytes()) {
			t.Fatalf("%q became %q", text, laid)
		}
	})
}
