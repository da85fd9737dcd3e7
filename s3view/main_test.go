package s3view

import (
	"os"
	"strings"
	"testing"
)

// TestMain forgets the AWS settings of whoever runs the tests.
func TestMain(m *testing.M) {
	for _, entry := range os.Environ() {
		if name, _, _ := strings.Cut(entry, "="); strings.HasPrefix(name, "AWS_") {
			_ = os.Unsetenv(name)
		}
	}
	os.Exit(m.Run())
}
