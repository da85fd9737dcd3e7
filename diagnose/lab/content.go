package lab

import (
	"encoding/json"
	"fmt"
	"path"
	"strings"
	"sync"
	"time"
)

// content is the object's body: as the world gives it, else text of the kind that
// its key's name promises, of exactly its size in bytes.
func content(o Object) []byte {
	if o.Body != "" || o.Size == 0 {
		return []byte(o.Body)
	}
	switch path.Ext(o.Key) {
	case ".csv":
		return filled(o.Size, "date,region,amount\n", sales())
	case ".tsv":
		return filled(o.Size, "date\tregion\tamount\n", strings.ReplaceAll(sales(), ",", "\t"))
	case ".json":
		return padded(o)
	case ".md":
		return filled(o.Size, "# "+path.Base(o.Key)+"\n\n", prose)
	default:
		return filled(o.Size, "", prose)
	}
}

// filled is the head and then the text, again and again, cut at the size.
func filled(size int, head, text string) []byte {
	again := max(0, size-len(head))/len(text) + 1
	return []byte(head + strings.Repeat(text, again))[:size]
}

const prose = "This object stands in the lab: nothing in it is anybody's.\n" +
	"Its bytes are made up, its permissions are not.\n" +
	"Who may read it is decided by the policies of the lab's world.\n\n"

// sales are the rows of a table: a quarter of a year, in four regions.
var sales = sync.OnceValue(func() string {
	first := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	var b strings.Builder
	for i := range 4 * 92 {
		region := []string{"eu-west-1", "us-east-1", "ap-southeast-2", "eu-central-1"}[i%4]
		fmt.Fprintf(&b, "%s,%s,%d.%02d\n", first.AddDate(0, 0, i/4).Format(time.DateOnly), region, 120+i*7919%8800, i*37%100)
	}
	return b.String()
})

// padded is a JSON object of exactly the size; prose where it is too short for one.
func padded(o Object) []byte {
	name, _ := json.Marshal(path.Base(o.Key)) // a string always can be
	head := fmt.Sprintf("{\"name\":%s,\"made\":\"by the lab\",\"padding\":\"", name)
	room := o.Size - len(head) - len("\"}\n")
	if room < 0 {
		return filled(o.Size, "", prose)
	}
	return []byte(head + strings.Repeat(".", room) + "\"}\n")
}
