package lab

import (
	"fmt"
	"net/http"
	"strings"

	"s403/diagnose/policy"
)

var kmsActions = map[string]jsonAction{
	"DescribeKey":         describeKey,
	"GetKeyPolicy":        getKeyPolicy,
	"PutKeyPolicy":        putKeyPolicy,
	"EnableKey":           setKeyState("Enabled"),
	"DisableKey":          setKeyState("Disabled"),
	"CancelKeyDeletion":   setKeyState("Disabled"), // as AWS does: disabled, not enabled
	"ScheduleKeyDeletion": setKeyState("PendingDeletion"),
	"ListAliases":         listAliases,
}

// keyOf finds the key that the request names, and asks the key policy.
func (q *jsonRequest) keyOf() (*key, *apiError) {
	id := q.in.KeyID
	k := q.st.keys[id]
	if alias, ok := strings.CutPrefix(id, "alias/"); ok {
		k = q.st.keys[q.caller.account().Name+"/"+alias]
	}
	if k == nil {
		return nil, failure(http.StatusBadRequest, "NotFoundException", fmt.Sprintf("Key '%s' does not exist", id))
	}
	action := "kms:" + q.name
	ctx := q.st.requestContext(q.caller, q.r, q.now)
	ctx["kms:CallerAccount"] = []string{q.caller.account().ID}
	d, ok := q.st.mayUseKey(q.caller, k, action, ctx)
	if ok {
		return k, nil
	}
	who := fmt.Sprintf("User: %s is not authorized to perform: %s on resource: %s", q.caller.arn(), action, k.arn)
	if d.Effect == policy.ExplicitDeny {
		return nil, accessDenied(fmt.Sprintf("%s with an explicit deny in %s %s", who, article(d.DecidedBy), d.DecidedBy))
	}
	return nil, accessDenied(fmt.Sprintf("%s because no %s allows the %s action", who, d.DecidedBy, action))
}

func describeKey(q *jsonRequest) (any, *apiError) {
	k, err := q.keyOf()
	if err != nil {
		return nil, err
	}
	return map[string]any{"KeyMetadata": map[string]any{
		"AWSAccountId": k.account.ID, "KeyId": k.ID, "Arn": k.arn, "Description": k.Name,
		"Enabled": k.State == "Enabled", "KeyState": k.State, "KeyManager": k.Manager,
		"KeyUsage": "ENCRYPT_DECRYPT", "KeySpec": "SYMMETRIC_DEFAULT", "Origin": "AWS_KMS",
		"EncryptionAlgorithms": []string{"SYMMETRIC_DEFAULT"}, "MultiRegion": false,
	}}, nil
}

func getKeyPolicy(q *jsonRequest) (any, *apiError) {
	k, err := q.keyOf()
	if err != nil {
		return nil, err
	}
	return map[string]string{"Policy": k.policy.text, "PolicyName": "default"}, nil
}

func putKeyPolicy(q *jsonRequest) (any, *apiError) {
	k, refused := q.keyOf()
	if refused != nil {
		return nil, refused
	}
	if err := q.lab.editKey(k.arn, func(e *Key) { e.Policy = q.in.Policy }); err != nil {
		return nil, failure(http.StatusBadRequest, "MalformedPolicyDocumentException", err.Error())
	}
	return map[string]any{}, nil
}

func setKeyState(to string) jsonAction {
	return func(q *jsonRequest) (any, *apiError) {
		k, refused := q.keyOf()
		if refused != nil {
			return nil, refused
		}
		if k.State == "PendingDeletion" && q.name == "EnableKey" {
			return nil, failure(http.StatusBadRequest, "KMSInvalidStateException", k.arn+" is pending deletion.")
		}
		if err := q.lab.editKey(k.arn, func(e *Key) { e.State = to }); err != nil {
			return nil, failure(http.StatusInternalServerError, "KMSInternalException", err.Error())
		}
		return map[string]any{"KeyId": k.arn, "KeyState": to}, nil
	}
}

// editKey changes a key's entry in the world.
func (l *Lab) editKey(arn string, f func(*Key)) error {
	k := l.state.Load().keys[arn]
	return l.edit(func(w *World) bool {
		for i := range w.Keys {
			if k != nil && w.Keys[i].Name == k.Name {
				f(&w.Keys[i])
				return true
			}
		}
		return false
	})
}

func listAliases(q *jsonRequest) (any, *apiError) {
	err := q.st.allowedElsewhere(q.caller, q.r, q.now, ask{action: "kms:ListAliases", resource: "*", owner: q.caller.account()})
	if err != nil {
		return nil, err
	}
	list := []map[string]string{}
	for name, k := range q.st.keys {
		if acct, alias, ok := strings.Cut(name, "/"); ok && acct == q.caller.account().Name {
			list = append(list, map[string]string{"AliasName": "alias/" + alias, "TargetKeyId": k.ID})
		}
	}
	return map[string]any{"Aliases": list, "Truncated": false}, nil
}
