package main

import (
	"encoding/json"
	"maps"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

var groupVersion = schema.GroupVersion{Group: "profileplatform.io", Version: "v1alpha1"}

// ProfilePlatform is the resource that both operators serve. The spec stays raw: the template says what becomes of it.
type ProfilePlatform struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec   json.RawMessage `json:"spec,omitempty"`
	Status PlatformStatus  `json:"status,omitempty"`
}

// PlatformStatus holds the fields that the operator under test writes, so that both write as much.
type PlatformStatus struct {
	ObservedGeneration int64              `json:"observedGeneration,omitempty"`
	Conditions         []metav1.Condition `json:"conditions,omitempty"`
	ComponentsReady    string             `json:"componentsReady,omitempty"`
	Components         []ComponentStatus  `json:"components,omitempty"`
	Endpoints          map[string]string  `json:"endpoints,omitempty"`
}

// ComponentStatus is the state of one workload.
type ComponentStatus struct {
	Name    string `json:"name"`
	Layer   string `json:"layer"`
	State   string `json:"state"`
	Ready   string `json:"ready"`
	Message string `json:"message"`
}

// ProfilePlatformList is what the API server lists.
type ProfilePlatformList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []ProfilePlatform `json:"items"`
}

func addPlatformTypes(scheme *runtime.Scheme) {
	scheme.AddKnownTypes(groupVersion, &ProfilePlatform{}, &ProfilePlatformList{})
	metav1.AddToGroupVersion(scheme, groupVersion)
}

// DeepCopyObject implements runtime.Object.
func (p *ProfilePlatform) DeepCopyObject() runtime.Object {
	return p.deepCopy()
}

func (p *ProfilePlatform) deepCopy() *ProfilePlatform {
	return &ProfilePlatform{
		TypeMeta:   p.TypeMeta,
		ObjectMeta: *p.ObjectMeta.DeepCopy(),
		Spec:       slices.Clone(p.Spec),
		Status:     p.Status.deepCopy(),
	}
}

func (s PlatformStatus) deepCopy() PlatformStatus {
	s.Conditions = slices.Clone(s.Conditions)
	s.Components = slices.Clone(s.Components)
	s.Endpoints = maps.Clone(s.Endpoints)
	return s
}

// DeepCopyObject implements runtime.Object.
func (l *ProfilePlatformList) DeepCopyObject() runtime.Object {
	items := make([]ProfilePlatform, 0, len(l.Items))
	for i := range l.Items {
		items = append(items, *l.Items[i].deepCopy())
	}
	return &ProfilePlatformList{TypeMeta: l.TypeMeta, ListMeta: *l.ListMeta.DeepCopy(), Items: items}
}
