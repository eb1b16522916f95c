// Package volumes makes the volumes of the cluster: a folder each, in the folder of the node that uses it.
package volumes

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/sig-storage-lib-external-provisioner/v13/controller"
)

// Name is what a StorageClass calls the provisioner by.
const Name = "profileplatform.dev/local-volume"

// provisioner makes and removes folders <nodesFolder>/<node>/volumes/<volume>. All nodes share this machine's file
// system, so that one process serves them all and no helper pod is needed.
type provisioner struct {
	nodesFolder string
}

// Any user may write to a new volume: without fsGroup in the pod nothing else would let a non-root process use it.
const mode = 0o777

func (p provisioner) Provision(_ context.Context, options controller.ProvisionOptions) (*corev1.PersistentVolume, controller.ProvisioningState, error) {
	if options.PVC.Spec.VolumeMode != nil && *options.PVC.Spec.VolumeMode == corev1.PersistentVolumeBlock {
		return nil, controller.ProvisioningFinished, fmt.Errorf("%s makes no block volumes: leave volumeMode out or set it to Filesystem", Name)
	}
	for _, access := range options.PVC.Spec.AccessModes {
		if access == corev1.ReadWriteMany || access == corev1.ReadOnlyMany {
			return nil, controller.ProvisioningFinished, fmt.Errorf("a volume lies on one node and cannot be %s: ask for ReadWriteOnce", access)
		}
	}
	if options.SelectedNodeName == "" {
		return nil, controller.ProvisioningFinished, fmt.Errorf("the StorageClass must have volumeBindingMode WaitForFirstConsumer: a volume lies on one node")
	}
	path := filepath.Join(p.nodesFolder, options.SelectedNodeName, "volumes", options.PVName)
	if err := os.MkdirAll(path, mode); err != nil {
		return nil, controller.ProvisioningFinished, fmt.Errorf("while making the folder of the volume: %w", err)
	}
	// The umask took its part of the mode.
	if err := os.Chmod(path, mode); err != nil {
		return nil, controller.ProvisioningFinished, fmt.Errorf("while opening the folder of the volume to all users: %w", err)
	}
	return volume(options, path), controller.ProvisioningFinished, nil
}

// volume is of the kind "local", which honours fsGroup, and tells the scheduler where its pod must run.
func volume(options controller.ProvisionOptions, path string) *corev1.PersistentVolume {
	filesystem := corev1.PersistentVolumeFilesystem
	onNode := corev1.NodeSelectorRequirement{
		Key:      corev1.LabelHostname,
		Operator: corev1.NodeSelectorOpIn,
		Values:   []string{options.SelectedNodeName},
	}
	return &corev1.PersistentVolume{
		ObjectMeta: metav1.ObjectMeta{Name: options.PVName},
		Spec: corev1.PersistentVolumeSpec{
			PersistentVolumeReclaimPolicy: *options.StorageClass.ReclaimPolicy,
			AccessModes:                   options.PVC.Spec.AccessModes,
			VolumeMode:                    &filesystem,
			Capacity:                      corev1.ResourceList{corev1.ResourceStorage: options.PVC.Spec.Resources.Requests[corev1.ResourceStorage]},
			PersistentVolumeSource:        corev1.PersistentVolumeSource{Local: &corev1.LocalVolumeSource{Path: path}},
			NodeAffinity: &corev1.VolumeNodeAffinity{Required: &corev1.NodeSelector{
				NodeSelectorTerms: []corev1.NodeSelectorTerm{{MatchExpressions: []corev1.NodeSelectorRequirement{onNode}}},
			}},
		},
	}
}

func (p provisioner) Delete(_ context.Context, persistent *corev1.PersistentVolume) error {
	if persistent.Spec.Local == nil {
		return &controller.IgnoredError{Reason: "it is no local volume"}
	}
	path := filepath.Clean(persistent.Spec.Local.Path)
	// The path comes from an object that users may write: only what this provisioner can have made is removed.
	if matched, err := filepath.Match(filepath.Join(p.nodesFolder, "*", "volumes", persistent.Name), path); err != nil || !matched {
		return &controller.IgnoredError{Reason: fmt.Sprintf("%s is no folder of this cluster", path)}
	}
	if err := os.RemoveAll(path); err != nil {
		return fmt.Errorf("while removing the folder of the volume: %w", err)
	}
	return nil
}
