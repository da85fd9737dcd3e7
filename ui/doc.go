// Package ui is the explorer: one root model, a file per pane, and all I/O in
// effects.go.
//
// App is the only tea.Model. It holds the browser (a list and a side pane) and
// a stack of panes that lie over it. A pane is told of a message and answers
// with an intent, a value that App carries out; so panes know nothing of each
// other, and nothing in Update touches network, files or clock. Questions to
// the world are commands made by effects; each carries a ticket, and an answer
// whose ticket is no longer asked for is dropped.
//
// The package imports neither the AWS SDK nor the lab: ui/cli wires those in
// through the interfaces of config.go.
package ui
