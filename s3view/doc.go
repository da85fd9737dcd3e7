// Package s3view is S3 as a person browses it: places and their names, listings,
// heads, versions, settings, previews, downloads and the links to all of them.
//
// It is the one place in the explorer that talks to the AWS SDK; its types hold
// plain values, so that nothing above it needs the SDK. A Session is who asks
// and where (Connect makes it from Options), a Store is what she sees there. A
// Store follows buckets to their region by itself. Every refusal and failure
// comes back as an *Error, which knows a denial from an absence from a dead
// network. Nothing in this package writes to a store.
package s3view
