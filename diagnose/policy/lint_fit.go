package policy

import (
	"slices"
	"strings"
)

// fit looks for actions that no resource of their statement can be right for:
// object actions on a bucket's ARN, bucket actions on the ARN of objects.
func (l *linter) fit() {
	s := l.statement
	if s.Actions.Not || s.Resources.Not || len(s.Resources.List) == 0 {
		return
	}
	shapes := shapesOf(s.Resources.List)
	for _, v := range s.Actions.List {
		lower := strings.ToLower(v.Text)
		rows := actionsLike(lower)
		if !strings.HasPrefix(lower, "s3:") || len(rows) == 0 || shapes.other {
			continue
		}
		if slices.ContainsFunc(rows, func(r *actionRow) bool { return r.fits(shapes) }) {
			continue
		}
		l.misfit(v, rows[0], s.Resources.List[0].Text)
	}
}

// misfit says which kind of resource an action needs, and offers the ARN that
// the author probably had in mind.
func (l *linter) misfit(v Value, row *actionRow, resource string) {
	switch {
	case row.has("object"):
		l.remark(v.Line, "object-action-on-bucket", resource+"/*",
			"%s acts on objects, and no Resource here names any: %s is the bucket itself", v.Text, resource)
	case row.has("bucket"):
		bucket := resource
		if a := splitARN(resource); a.ok {
			name, _, _ := strings.Cut(a.resource(), "/")
			bucket = strings.TrimSuffix(resource, a.resource()) + name
		}
		l.remark(v.Line, "bucket-action-on-object", bucket,
			"%s acts on the bucket itself, and the Resource here names what is in it", v.Text)
	default:
		l.remark(v.Line, "action-needs-star", "*", "%s acts on no bucket or object; only Resource \"*\" covers it", v.Text)
	}
}

// shapes is what the resources of a statement can be.
type shapes struct {
	bucket, object bool
	star           bool // covers all buckets
	other          bool // an ARN of something else, which is not judged
}

// shapesOf tells buckets from objects by the slash, and takes a star without
// one for both: arn:aws:s3:::b* covers b and what is in it.
func shapesOf(list []Value) (s shapes) {
	for _, v := range list {
		a := splitARN(v.Text)
		rest := a.resource()
		slash, star := strings.Contains(rest, "/"), strings.Contains(rest, "*")
		switch {
		case strings.Trim(v.Text, "*") == "" || a.ok && strings.Trim(rest, "*") == "":
			return shapes{bucket: true, object: true, star: true}
		case !a.ok || a.service() != "s3" || strings.Trim(a.part[3]+a.part[4], "*") != "" || strings.Contains(rest, "${"):
			s.other = true
		case slash:
			s.object = true
		default:
			s.bucket = true
			s.object = s.object || star
		}
	}
	return s
}

func (r *actionRow) has(kind string) bool { return slices.Contains(r.types, kind) }

// fits tells whether an action can act on any of the shapes.
func (r *actionRow) fits(s shapes) bool {
	switch {
	case s.star, r.has("object") && s.object, r.has("bucket") && s.bucket:
		return true
	case r.has("object"), r.has("bucket"):
		return false
	}
	// Actions on access points, jobs and the like are judged by nothing here;
	// those without a resource need the star.
	return len(r.types) > 0
}
