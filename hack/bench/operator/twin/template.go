package main

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// template is what the operator under test applied of one platform, for each value of the field that a benchmark
// changes.
type template struct {
	// Name and UID of the platform that the objects were taken from; they stand in them wherever the name does.
	Name string `json:"name"`
	UID  string `json:"uid"`
	// VariantPath is the field of the spec whose value chooses the variant.
	VariantPath []string                    `json:"variantPath"`
	Variants    map[string][]templateObject `json:"variants"`
}

type templateObject struct {
	Object map[string]any `json:"object"`
	// Parts are JSON pointers to what nobody else may add to.
	Parts []string `json:"parts"`
}

// wanted is one object of one platform, ready to be sent.
type wanted struct {
	gvk   schema.GroupVersionKind
	key   types.NamespacedName
	value map[string]any
	body  []byte
	hash  [sha256.Size]byte
	parts []string
}

// id tells objects of one platform apart.
func (w wanted) id() objectID {
	return objectID{kind: w.gvk.Kind, key: w.key}
}

type objectID struct {
	kind string
	key  types.NamespacedName
}

func (id objectID) String() string {
	return id.kind + " " + strings.TrimPrefix(id.key.String(), "/")
}

func readTemplate(path string) (*template, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("while reading the template: %w", err)
	}
	var t template
	if err := json.Unmarshal(data, &t); err != nil {
		return nil, fmt.Errorf("while parsing the template %s: %w", path, err)
	}
	return &t, nil
}

// objectsOf builds everything that a platform must have, anew each time, as a builder would.
func (t *template) objectsOf(platform *ProfilePlatform) ([]wanted, error) {
	var spec any
	if err := json.Unmarshal(platform.Spec, &spec); err != nil {
		return nil, fmt.Errorf("while parsing the spec: %w", err)
	}
	for _, field := range t.VariantPath {
		fields, _ := spec.(map[string]any)
		spec = fields[field]
	}
	variant := fmt.Sprint(spec)
	objects, known := t.Variants[variant]
	if !known {
		return nil, fmt.Errorf("the template has no objects for %s = %s", strings.Join(t.VariantPath, "."), variant)
	}
	replacer := strings.NewReplacer(t.UID, string(platform.UID), t.Name, platform.Name)
	result := make([]wanted, 0, len(objects))
	for _, object := range objects {
		built, err := build(object, replacer)
		if err != nil {
			return nil, err
		}
		result = append(result, built)
	}
	return result, nil
}

func build(object templateObject, replacer *strings.Replacer) (wanted, error) {
	value := replaceStrings(object.Object, replacer).(map[string]any)
	body, err := json.Marshal(value)
	if err != nil {
		return wanted{}, fmt.Errorf("while writing an object: %w", err)
	}
	apiVersion, _ := value["apiVersion"].(string)
	kind, _ := value["kind"].(string)
	metadata, _ := value["metadata"].(map[string]any)
	name, _ := metadata["name"].(string)
	namespace, _ := metadata["namespace"].(string)
	return wanted{
		gvk:   schema.FromAPIVersionAndKind(apiVersion, kind),
		key:   types.NamespacedName{Namespace: namespace, Name: name},
		value: value,
		body:  body,
		hash:  sha256.Sum256(body),
		parts: object.Parts,
	}, nil
}

func replaceStrings(value any, replacer *strings.Replacer) any {
	switch value := value.(type) {
	case string:
		return replacer.Replace(value)
	case []any:
		copied := make([]any, len(value))
		for i := range value {
			copied[i] = replaceStrings(value[i], replacer)
		}
		return copied
	case map[string]any:
		copied := make(map[string]any, len(value))
		for field := range value {
			copied[replacer.Replace(field)] = replaceStrings(value[field], replacer)
		}
		return copied
	default:
		return value
	}
}

// newObject is an empty object of the kind, with name and namespace.
func (w wanted) newObject(scheme *runtime.Scheme) (client.Object, error) {
	empty, err := scheme.New(w.gvk)
	if err != nil {
		return nil, fmt.Errorf("kind %s is not known here: add it to kinds.go: %w", w.gvk.Kind, err)
	}
	object := empty.(client.Object)
	object.SetName(w.key.Name)
	object.SetNamespace(w.key.Namespace)
	return object, nil
}
