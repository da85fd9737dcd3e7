package lab

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"s403/diagnose"
)

// The names of the two accounts in an exported world. They are one account
// where the bucket is the caller's own.
const (
	callersAccount = "caller"
	ownersAccount  = "owner"
)

// Export makes a scenario of what was read of a real refusal, so that it can
// be met again in the lab, mended there, and shown to be mended before anybody
// touches the real thing. It holds policies and settings, no object's content
// and no credentials. For what was not read there are stand-ins, which the story
// lists. The error says why there is nothing to export, or what was not seen.
func Export(e diagnose.Evidence, cause diagnose.CauseID) (Scenario, error) {
	if e.Target.Bucket == "" || e.Target.Kind != diagnose.GeneralPurpose {
		return Scenario{}, fmt.Errorf("export a world: only requests for an object of a general purpose bucket can be exported")
	}
	if what := outside[string(cause)]; what != "" {
		return Scenario{}, fmt.Errorf("export a world: it was refused for the %s (%s), which is in no policy or setting: nothing in a world would mend it", what, cause)
	}
	x := &exporter{e: e, owner: callersAccount}
	x.accounts()
	if err := x.caller(); err != nil {
		return Scenario{}, fmt.Errorf("export a world: %w", err)
	}
	x.organization()
	x.bucket(cause == "missing-key" || cause == "no-such-key")
	x.network()
	x.stand(string(cause))
	return Scenario{
		Mend: x.mends,
		Name: "exported", Title: "A real refusal, as it was read", Cause: orElse(string(cause), "undetermined"),
		Story:  x.story(),
		Fix:    "Whatever the diagnosis offers: apply it here first.",
		Actor:  "caller",
		Target: "s3://" + e.Target.Bucket + "/" + e.Target.Key, Args: x.args(),
		Env: map[string]string{"AWS_REGION": orElse(e.Target.Region, e.BucketRegion.Value)}, World: x.world,
	}, nil
}

// exporter builds a world from evidence.
type exporter struct {
	e     diagnose.Evidence
	world World
	owner string   // name of the bucket's account
	said  []string // what was not read, and is stood in for
	mends []Change // what lets the request through a stand-in
}

// story says where the world comes from, and what of it nobody read.
func (x *exporter) story() string {
	text := "What may be read of a real refusal: policies and settings, no contents."
	if len(x.said) > 0 {
		text += "\nNot read, and stood in for by statements with the Sid " + standInSid + ": " + strings.Join(x.said, ", ") + "."
	}
	return text
}

func (x *exporter) accounts() {
	id := orElse(x.e.Caller.Value.Account, "000000000000")
	x.world.Accounts = []Account{{Name: callersAccount, ID: id}}
	other := x.e.OwnerOfBucket.Known() && x.e.OwnerOfBucket.Value != id
	if !other && (x.e.OwnerOfBucket.Known() || !x.e.OwnBuckets.Known() || x.e.OwnBuckets.Value) {
		return
	}
	x.owner = ownersAccount
	x.world.Accounts = append(x.world.Accounts, Account{Name: ownersAccount, ID: orElse(x.e.OwnerOfBucket.Value, "999999999999")})
}

// caller adds who asks, with what she carries.
func (x *exporter) caller() error {
	who := x.e.Caller.Value
	name := who.ARN[strings.LastIndexByte(who.ARN, ':')+1:]
	a := Actor{Name: "caller", Clock: 0}
	switch kind, rest, _ := strings.Cut(name, "/"); {
	case x.e.Options.Unsigned || who.ARN == "":
		a.Anonymous = true
	case name == "root":
		a.Root = callersAccount
	case kind == "user":
		c := x.carrier(x.e.Role.Value.ARN, rest)
		x.world.Users = []User{{Carrier: c}}
		a.User = c.Name
	case kind == "assumed-role":
		role, session, _ := strings.Cut(rest, "/")
		c := x.carrier(x.e.Role.Value.ARN, role)
		x.world.Roles = []Role{{Carrier: c}}
		a.Role, a.Session = c.Name, session
	default:
		return fmt.Errorf("the caller %q is neither a user nor the session of a role", who.ARN)
	}
	if x.e.SessionPolicies.Known() && len(x.e.SessionPolicies.Value) > 0 {
		a.SessionPolicy = string(x.e.SessionPolicies.Value[0].Source)
	}
	x.world.Actors = []Actor{a}
	return nil
}

// carrier is the user or role with her policies. The path and the true spelling
// of the name are in the ARN, where IAM showed it.
func (x *exporter) carrier(arn, name string) Carrier {
	c := Carrier{Inline: map[string]string{}, Tags: x.e.Role.Value.Tags}
	if full := resourceName(arn); full != arn {
		parts := strings.Split(full, "/")
		name = parts[len(parts)-1]
		c.Path = strings.Join(parts[1:len(parts)-1], "/")
	}
	c.Name = callersAccount + "/" + name[strings.LastIndexByte(name, '/')+1:]
	for _, d := range x.e.IdentityPolicies.Value {
		if d.Document == nil {
			continue
		}
		if d.ARN == "" {
			c.Inline[x.free(c.Inline, d.Name)] = compact(string(d.Source))
			continue
		}
		c.Policies = append(c.Policies, x.managed(d))
	}
	if b := x.e.Boundary; b.Known() && b.Value.Document != nil {
		c.Boundary = x.managed(b.Value)
	}
	return c
}

// free is a name that the map does not have yet: policies of several groups may
// bear one name.
func (x *exporter) free(taken map[string]string, name string) string {
	for taken[name] != "" {
		name += "-2"
	}
	return name
}

// managed adds a managed policy and gives the name that it goes by.
func (x *exporter) managed(d diagnose.PolicyDoc) string {
	name := callersAccount + "/" + d.ARN[strings.LastIndexByte(d.ARN, '/')+1:]
	if strings.HasPrefix(d.ARN, "arn:aws:iam::aws:") {
		name = "aws" + strings.TrimPrefix(name, callersAccount)
	}
	if !slices.ContainsFunc(x.world.Policies, func(p ManagedPolicy) bool { return p.Name == name }) {
		x.world.Policies = append(x.world.Policies, ManagedPolicy{Name: name, Document: string(d.Source)})
	}
	return name
}

// organization adds the levels that were read, as units of the accounts. S3
// explains a refusal across accounts only within one organization, so an
// explanation shows that there is one.
func (x *exporter) organization() {
	together := x.owner == callersAccount || x.e.SameOrganization.Known() && x.e.SameOrganization.Value ||
		strings.Contains(x.e.Get.Value.Message, "is not authorized to perform")
	if !x.e.OrganizationID.Known() {
		if together && x.owner != callersAccount {
			x.member(&x.world.Accounts[0])
			x.member(x.bucketAccount())
		}
		return
	}
	x.world.Organization = Organization{ID: x.e.OrganizationID.Value, Management: x.management()}
	x.levels("scp", x.e.SCPs.Value, &x.world.Accounts[0])
	if together {
		x.levels("rcp", x.e.RCPs.Value, x.bucketAccount())
	}
}

// management names the management account, which is added when it is neither
// the caller's nor the bucket's.
func (x *exporter) management() string {
	id := x.e.ManagementAccount.Value
	for _, a := range x.world.Accounts {
		if a.ID == id {
			return a.Name
		}
	}
	if id == "" {
		return ""
	}
	x.unit("Root")
	x.world.Accounts = append(x.world.Accounts, Account{Name: "management", ID: id, Unit: "Root"})
	return "management"
}

func (x *exporter) levels(kind string, levels []diagnose.PolicyLevel, a *Account) {
	path := "Root"
	x.unit(path)
	for i, l := range levels {
		node := a.Name
		if i < len(levels)-1 {
			if i > 0 {
				path += "/" + strings.ReplaceAll(l.Level, "/", "-")
			}
			x.unit(path)
			node = path
		}
		full := false
		for _, d := range l.Policies {
			switch {
			case strings.HasPrefix(d.ARN, "arn:aws:organizations::aws:"):
				full = true
			case d.Document != nil:
				x.control(kind, d, node)
			}
		}
		if kind == "scp" && !full {
			x.restrict(node, a)
		}
	}
	a.Unit = path
}

func (x *exporter) unit(path string) {
	if !slices.ContainsFunc(x.world.Units, func(u Unit) bool { return u.Path == path }) {
		x.world.Units = append(x.world.Units, Unit{Path: path})
	}
}

func (x *exporter) restrict(node string, a *Account) {
	if node == a.Name {
		a.Restricted = true
	}
	for i := range x.world.Units {
		if x.world.Units[i].Path == node {
			x.world.Units[i].Restricted = true
		}
	}
}

func (x *exporter) control(kind string, d diagnose.PolicyDoc, node string) {
	for i := range x.world.Control {
		if c := &x.world.Control[i]; c.Kind == kind && c.Name == d.Name {
			c.Targets = append(c.Targets, node)
			return
		}
	}
	x.world.Control = append(x.world.Control, ControlPolicy{
		Name: d.Name, ID: d.ARN[strings.LastIndexByte(d.ARN, '/')+1:], Kind: kind, Targets: []string{node}, Document: string(d.Source),
	})
}

// bucket adds the bucket with its settings, and the object unless it is known or
// was found to be missing.
func (x *exporter) bucket(missing bool) {
	e := x.e
	b := Bucket{
		Name: e.Target.Bucket, Account: x.owner, Region: orElse(e.BucketRegion.Value, e.Target.Region),
		Policy: string(e.BucketPolicy.Value.Source), Ownership: e.Ownership.Value, Tags: e.BucketTags.Value,
		PublicAccess: settingsOn(e.PublicAccess.Value), RequesterPays: e.RequestPayment.Value == "Requester",
		BucketKey: e.Encryption.Value.BucketKey,
	}
	if on := settingsOn(e.AccountPublic.Value); len(on) > 0 {
		x.bucketAccount().PublicAccess = on
	}
	o := Object{Key: e.Target.Key, Size: int(min(e.Listing.Value.Size, maxContent)), Class: e.Listing.Value.StorageClass, Tags: e.ObjectTags.Value}
	if e.KMSKey.Known() {
		o.KMSKey = x.key(e.KMSKey.Value)
	}
	if writer := e.Listing.Value.OwnerID; writer != "" && e.BucketACL.Known() && writer != e.BucketACL.Value.OwnerID {
		x.world.Accounts = append(x.world.Accounts, Account{Name: "writer", ID: "888888888888"})
		o.Owner = "writer"
	}
	if e.Options.VersionID != "" {
		b.Versioning, o.Version = "Enabled", e.Options.VersionID
	}
	if there := e.Listing.Known() && e.Listing.Value.Found || e.Head.Known() && e.Head.Value.Allowed(); !missing && (there || !e.Listing.Known()) {
		b.Objects = []Object{o}
	}
	x.world.Buckets = []Bucket{b}
}

// key adds the KMS key and gives its name.
func (x *exporter) key(k diagnose.KMSKey) string {
	parts := strings.Split(k.ARN, ":")
	if len(parts) < 6 {
		return ""
	}
	name := x.owner + "/exported-key"
	for _, a := range x.world.Accounts {
		if a.ID == parts[4] {
			name = a.Name + "/exported-key"
		}
	}
	x.world.Keys = []Key{{Name: name, ID: strings.TrimPrefix(parts[5], "key/"), Region: parts[3], State: k.State, Manager: k.Manager, Policy: string(k.Policy.Source)}}
	return name
}

// network adds the VPC endpoint that the request came through.
func (x *exporter) network() {
	if v := x.e.VPCEndpoint; v.Known() && v.Value.ID != "" {
		x.world.Endpoints = []Endpoint{{ID: v.Value.ID, VPC: v.Value.VPC, Account: callersAccount, Region: orElse(x.e.BucketRegion.Value, x.e.Target.Region), Policy: string(v.Value.Policy.Source)}}
		x.world.Actors[0].VPCE = v.Value.ID
	}
}

// args are the options of the request as flags.
func (x *exporter) args() []string {
	o := x.e.Options
	var args []string
	if o.Unsigned {
		args = append(args, "--no-sign-request")
	}
	if o.VersionID != "" {
		args = append(args, "--version-id", o.VersionID)
	}
	if o.ExpectedOwner != "" {
		args = append(args, "--expected-bucket-owner", o.ExpectedOwner)
	}
	if o.RequestPayer {
		args = append(args, "--request-payer", "requester")
	}
	if o.ChecksumMode {
		args = append(args, "--checksum-mode", "ENABLED")
	}
	return args
}

// settingsOn are the names of the settings of Block Public Access that are on.
func settingsOn(p diagnose.PublicAccessBlock) []string {
	return publicAccessOf{p.BlockPublicACLs, p.IgnorePublicACLs, p.BlockPublicPolicy, p.RestrictPublicBuckets}.on()
}

// Encode writes the scenario as ParseScenario reads it. With mask, account ids
// are replaced by made-up ones wherever they stand, the same for the same account.
func (s Scenario) Encode(mask bool) ([]byte, error) {
	f := file{
		Name: s.Name, Title: s.Title, Cause: s.Cause, Story: s.Story, Lesson: s.Lesson, Actor: s.Actor, Target: s.Target,
		Args: s.Args, Env: s.Env, Fix: s.Fix, Presign: s.Presign, Mend: s.Mend, Retry: s.Retry, Behind: s.Behind, World: s.World,
	}
	var b bytes.Buffer
	b.WriteString("# A world for `s403 lab --world FILE`.\n\n")
	if err := toml.NewEncoder(&b).Encode(f); err != nil {
		return nil, fmt.Errorf("write the world: %w", err)
	}
	if mask {
		return []byte(maskAccounts(b.String(), s.World.Accounts)), nil
	}
	return b.Bytes(), nil
}
