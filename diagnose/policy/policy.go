// Package policy reads IAM policy documents and evaluates requests against them
// as AWS does. It is pure and imports only the standard library.
package policy

// Document is a policy document that has been read.
type Document struct{}
