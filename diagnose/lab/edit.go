package lab

import (
	"errors"
	"maps"
	"slices"
)

// errNothing says that an edit found nothing to alter.
var errNothing = errors.New("change the world: there is no such entry")

// edit changes the world: f alters a copy, and tells whether there was
// anything to alter. The lab goes on with the copy if it can be read.
func (l *Lab) edit(f func(*World) bool) error {
	l.changes.Lock()
	defer l.changes.Unlock()
	w := l.state.Load().world.clone()
	if !f(&w) {
		return errNothing
	}
	st, err := build(w)
	if err != nil {
		return err
	}
	l.state.Store(st)
	return nil
}

// clone copies the world as deep as edits reach.
func (w World) clone() World {
	w.Accounts = slices.Clone(w.Accounts)
	w.Units = slices.Clone(w.Units)
	w.Control = slices.Clone(w.Control)
	w.Policies = slices.Clone(w.Policies)
	w.Groups = slices.Clone(w.Groups)
	w.Users = slices.Clone(w.Users)
	w.Roles = slices.Clone(w.Roles)
	w.Keys = slices.Clone(w.Keys)
	w.Endpoints = slices.Clone(w.Endpoints)
	w.Buckets = slices.Clone(w.Buckets)
	w.AccessPoints = slices.Clone(w.AccessPoints)
	w.Actors = slices.Clone(w.Actors)
	for i := range w.Groups {
		w.Groups[i].Carrier = w.Groups[i].clone()
	}
	for i := range w.Users {
		w.Users[i].Carrier = w.Users[i].clone()
	}
	for i := range w.Roles {
		w.Roles[i].Carrier = w.Roles[i].clone()
	}
	return w
}

func (c Carrier) clone() Carrier {
	c.Policies = slices.Clone(c.Policies)
	c.Inline = maps.Clone(c.Inline)
	return c
}
