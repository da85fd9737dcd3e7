package scan

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

// TestStrings compares strings with encoding/json's reading of them.
func TestStrings(t *testing.T) {
	for _, text := range []string{`""`, `"abc"`, `"é日"`, `"\"\\\/\b\f\n\r\t"`, `"\u00e9\u65E5"`, `"\ud83d\ude00"`, `"\ud83d"`, `"\ud83dx"`, `"\ude00\ud83d"`} {
		got, err := New([]byte(text)).String()
		var want string
		if jerr := json.Unmarshal([]byte(text), &want); jerr != nil || err != nil || got != want {
			t.Errorf("%s: %q, %v; want %q, %v", text, got, err, want, jerr)
		}
	}
}

func TestPlaces(t *testing.T) {
	s := New([]byte("{\n  \"a\": [1,\n    true],\r\n  \"b\": {}}\n"))
	var places []Pos
	err := s.Object(func(_ string, at Pos) error {
		places = append(places, at)
		return s.Skip()
	})
	if err == nil {
		err = s.End()
	}
	if err != nil || len(places) != 2 || places[0] != (Pos{2, 3}) || places[1] != (Pos{4, 3}) {
		t.Errorf("%v, %v", places, err)
	}
}

// TestRaw checks that Raw cuts a value out by its brackets, whatever strings hold.
func TestRaw(t *testing.T) {
	for text, want := range map[string]string{
		` {"a":"}]\"","b":[{}]} rest`: `{"a":"}]\"","b":[{}]}`,
		`[1,"]"],`:                    `[1,"]"]`,
		`"x\"y" `:                     `"x\"y"`,
		` -1.5e3}`:                    `-1.5e3`,
	} {
		if got, err := New([]byte(text)).Raw(); err != nil || string(got) != want {
			t.Errorf("%s: %s, %v", text, got, err)
		}
	}
	if _, err := New([]byte(`{"a":[`)).Raw(); err == nil {
		t.Error("a value without an end was cut out")
	}
}

// TestDepth: nesting is refused in bounded time.
func TestDepth(t *testing.T) {
	deep := []byte(strings.Repeat("[", 1_000_000))
	for name, read := range map[string]func(*Scanner) error{
		"Skip": (*Scanner).Skip,
		"Raw":  func(s *Scanner) error { _, err := s.Raw(); return err },
	} {
		var at *Error
		if err := read(New(deep)); !errors.As(err, &at) || at.Line != 1 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzSkip holds the reader to encoding/json: what one takes the other takes,
// but for names that come twice, deep nesting and bytes that are not UTF-8.
func FuzzSkip(f *testing.F) {
	for _, text := range []string{`{"a":[1,-0.5e+3,true,null,"\u00e9"]}`, `[,]`, `{"a":1,}`, `01`, `"\x"`, `{"a":1,"a":2}`, "\"\x01\""} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		s := New(text)
		err := s.Skip()
		if err == nil {
			err = s.End()
		}
		valid := json.Valid(text)
		switch {
		case err == nil && !valid:
			t.Fatalf("%q was taken for JSON", text)
		case err != nil && valid:
			for _, excuse := range []string{"given twice", "nested more", "UTF-8"} {
				if strings.Contains(err.Error(), excuse) {
					return
				}
			}
			t.Fatalf("%q was refused: %v", text, err)
		}
	})
}
