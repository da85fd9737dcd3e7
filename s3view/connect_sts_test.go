package s3view

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
)

// stsServer counts the roles that are assumed of it.
func stsServer(t *testing.T, asked *int) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		action := r.FormValue("Action")
		if action != "AssumeRole" && action != "AssumeRoleWithWebIdentity" {
			refuse(w, 400, "InvalidAction")
			return
		}
		*asked++
		_, _ = w.Write([]byte(`<` + action + `Response><` + action + `Result><Credentials><AccessKeyId>ASIAROLEROLEROLEROLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey>
			<SessionToken>t</SessionToken><Expiration>2126-01-01T00:00:00Z</Expiration></Credentials></` + action + `Result></` + action + `Response>`))
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// The role of a profile is assumed where every other service is asked, unless
// STS has an endpoint of its own.
func TestRolesAreAssumedAtTheEndpoint(t *testing.T) {
	var all, own int
	shared, ofSTS := stsServer(t, &all), stsServer(t, &own)
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte("jwt"), 0o600); err != nil {
		t.Fatal(err)
	}
	const role = "[profile role]\nrole_arn = arn:aws:iam::111122223333:role/dev\nsource_profile = base\n"
	const base = "[profile base]\naws_access_key_id = AKIABASEBASEBASEBASE\naws_secret_access_key = s\n"
	web := "[profile role]\nrole_arn = arn:aws:iam::111122223333:role/dev\nweb_identity_token_file = " + token + "\n"
	tests := []struct {
		name, config string
		env          map[string]string
		o            Options
		atAll, atOwn int
	}{
		{"AWS_ENDPOINT_URL", role + base, map[string]string{"AWS_ENDPOINT_URL": shared}, Options{}, 1, 0},
		{"the profile's endpoint_url", role + "endpoint_url = " + shared + "\n" + base, nil, Options{}, 1, 0},
		{"AWS_ENDPOINT_URL_STS beats it", role + base, map[string]string{"AWS_ENDPOINT_URL": shared, "AWS_ENDPOINT_URL_STS": ofSTS}, Options{}, 0, 1},
		{"services section", role + "services = mine\n" + base + "[services mine]\nsts =\n  endpoint_url = " + ofSTS + "\n", nil, Options{}, 0, 1},
		{"of S3 alone", role + base, map[string]string{"AWS_ENDPOINT_URL_S3": shared, "AWS_ENDPOINT_URL_STS": ofSTS}, Options{}, 0, 1},
		{"--endpoint-url is S3's alone", role + base, map[string]string{"AWS_ENDPOINT_URL_STS": ofSTS}, Options{EndpointURL: shared}, 0, 1},
		{"web identity", web, map[string]string{"AWS_ENDPOINT_URL": shared}, Options{}, 1, 0},
	}
	for _, tt := range tests {
		all, own = 0, 0
		tt.o.Profile = "role"
		s := connectWith(t, tt.config, tt.o, tt.env)
		c, err := s.Credentials(t.Context())
		if err != nil || all != tt.atAll || own != tt.atOwn || c.AccessKeyID != "ASIA…ROLE" {
			t.Errorf("%s: asked %d and %d times, want %d and %d; %+v, %v", tt.name, all, own, tt.atAll, tt.atOwn, c, err)
		}
	}
}
