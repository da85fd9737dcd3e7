package policy

import "encoding/json"

// Parse reads a policy document.
func Parse(data []byte) (*Document, error) {
	var v struct{ Version, Id string }
	if err := json.Unmarshal(data, &v); err != nil {
		return nil, err
	}
	return &Document{Version: v.Version, ID: v.Id, source: data}, nil
}
