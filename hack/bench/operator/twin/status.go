package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// statusOf is the status to write: what was applied, and how the workloads do by the cache.
func (r *reconciler) statusOf(ctx context.Context, platform *ProfilePlatform, objects []wanted) (PlatformStatus, error) {
	components, err := r.components(ctx, objects)
	if err != nil {
		return PlatformStatus{}, err
	}
	ready := 0
	var awaited []string
	for _, component := range components {
		if component.State == "Ready" {
			ready++
		} else {
			awaited = append(awaited, component.Name+": "+component.Message)
		}
	}
	status := PlatformStatus{
		ObservedGeneration: platform.Generation,
		Conditions:         slices.Clone(platform.Status.Conditions),
		ComponentsReady:    fmt.Sprintf("%d/%d", ready, len(components)),
		Components:         components,
		Endpoints:          endpoints(objects),
	}
	healthy := finding{status: metav1.ConditionTrue, reason: "AllComponentsReady", message: "All components are ready"}
	progress := finding{status: metav1.ConditionFalse, reason: "Settled"}
	if len(awaited) > 0 {
		message := strings.Join(awaited, "; ")
		healthy = finding{status: metav1.ConditionFalse, reason: "ComponentsNotReady", message: message}
		progress = finding{status: metav1.ConditionTrue, reason: "InProgress", message: message}
	}
	applied := finding{status: metav1.ConditionTrue, reason: "EverythingApplied", message: "Every object of the spec is applied"}
	for _, condition := range []struct {
		name string
		finding
	}{
		{"Ready", healthy},
		{"Applied", applied},
		{"Healthy", healthy},
		{"Reconciling", progress},
		{"Stalled", finding{status: metav1.ConditionFalse, reason: "NotStalled"}},
	} {
		meta.SetStatusCondition(&status.Conditions, metav1.Condition{
			Type:               condition.name,
			Status:             condition.status,
			Reason:             condition.reason,
			Message:            condition.message,
			ObservedGeneration: platform.Generation,
		})
	}
	return status, nil
}

type finding struct {
	status          metav1.ConditionStatus
	reason, message string
}

// components reads the state of each workload from the cache.
func (r *reconciler) components(ctx context.Context, objects []wanted) ([]ComponentStatus, error) {
	var components []ComponentStatus
	for _, object := range objects {
		if object.gvk.Kind != "StatefulSet" {
			continue
		}
		var live appsv1.StatefulSet
		if err := r.client.Get(ctx, object.key, &live); client.IgnoreNotFound(err) != nil {
			return nil, err
		}
		labels, _ := partOf(object.value, "/metadata/labels").(map[string]any)
		name, _ := labels[labelComponent].(string)
		layer, _ := labels[labelLayer].(string)
		replicas := int32(1)
		if live.Spec.Replicas != nil {
			replicas = *live.Spec.Replicas
		}
		component := ComponentStatus{
			Name:  name,
			Layer: layer,
			State: "Ready",
			Ready: fmt.Sprintf("%d/%d", live.Status.ReadyReplicas, replicas),
		}
		if live.Status.ReadyReplicas < replicas {
			component.State = "Progressing"
			component.Message = fmt.Sprintf("%d of %d pods are ready", live.Status.ReadyReplicas, replicas)
		}
		components = append(components, component)
	}
	return components, nil
}

// endpoints are the addresses of Services that have one.
func endpoints(objects []wanted) map[string]string {
	addresses := map[string]string{}
	for _, object := range objects {
		if object.gvk.Kind == "Service" {
			addresses[object.key.Name] = object.key.Name + "." + object.key.Namespace + ".svc.cluster.local"
		}
	}
	return addresses
}
