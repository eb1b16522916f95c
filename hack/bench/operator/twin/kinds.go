package main

import (
	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

const (
	labelManagedBy = "app.kubernetes.io/managed-by"
	labelPlatform  = "profileplatform.io/platform"
	labelComponent = "profileplatform.io/component"
	labelLayer     = "profileplatform.io/layer"

	managedByValue = "profile-platform-operator"
	fieldManager   = "profile-platform-operator"
)

// kind is a child that is watched, and pruned unless others make it.
type kind struct {
	object client.Object
	list   client.ObjectList
	// observed kinds are made by others from what is applied here.
	observed bool
}

// kinds are those that the operator under test watches. Typed, because typed objects travel as protobuf.
func kinds() []kind {
	return []kind{
		{object: &corev1.Namespace{}, list: &corev1.NamespaceList{}},
		{object: &corev1.Secret{}, list: &corev1.SecretList{}},
		{object: &rbacv1.RoleBinding{}, list: &rbacv1.RoleBindingList{}},
		{object: &rbacv1.Role{}, list: &rbacv1.RoleList{}},
		{object: &corev1.ServiceAccount{}, list: &corev1.ServiceAccountList{}},
		{object: &networkingv1.NetworkPolicy{}, list: &networkingv1.NetworkPolicyList{}},
		{object: &corev1.ResourceQuota{}, list: &corev1.ResourceQuotaList{}},
		{object: &corev1.LimitRange{}, list: &corev1.LimitRangeList{}},
		{object: &corev1.ConfigMap{}, list: &corev1.ConfigMapList{}},
		{object: &corev1.Service{}, list: &corev1.ServiceList{}},
		{object: &appsv1.StatefulSet{}, list: &appsv1.StatefulSetList{}},
		{object: &appsv1.Deployment{}, list: &appsv1.DeploymentList{}},
		{object: &batchv1.Job{}, list: &batchv1.JobList{}},
		{object: &policyv1.PodDisruptionBudget{}, list: &policyv1.PodDisruptionBudgetList{}},
		{object: &autoscalingv2.HorizontalPodAutoscaler{}, list: &autoscalingv2.HorizontalPodAutoscalerList{}},
		{object: &corev1.Pod{}, list: &corev1.PodList{}, observed: true},
		{object: &corev1.PersistentVolumeClaim{}, list: &corev1.PersistentVolumeClaimList{}, observed: true},
	}
}
