package volumes

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	"sigs.k8s.io/sig-storage-lib-external-provisioner/v13/controller"
)

func options(mode corev1.PersistentVolumeAccessMode, node string) controller.ProvisionOptions {
	reclaim := corev1.PersistentVolumeReclaimDelete
	return controller.ProvisionOptions{
		StorageClass:     &storagev1.StorageClass{ReclaimPolicy: &reclaim},
		PVName:           "pvc-1",
		PVC:              &corev1.PersistentVolumeClaim{Spec: corev1.PersistentVolumeClaimSpec{AccessModes: []corev1.PersistentVolumeAccessMode{mode}}},
		SelectedNodeName: node,
	}
}

func TestProvisionAndDelete(t *testing.T) {
	p := provisioner{t.TempDir()}
	volume, _, err := p.Provision(t.Context(), options(corev1.ReadWriteOnce, "node2"))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(p.nodesFolder, "node2", "volumes", "pvc-1")
	if volume.Spec.Local.Path != path {
		t.Errorf("the volume is %s, want %s", volume.Spec.Local.Path, path)
	}
	if terms := volume.Spec.NodeAffinity.Required.NodeSelectorTerms; terms[0].MatchExpressions[0].Values[0] != "node2" {
		t.Errorf("the volume is bound to %v", terms)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o777 {
		t.Errorf("the folder is %v, %v: any user must be able to write", info, err)
	}
	if err := p.Delete(t.Context(), volume); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("the folder is still there: %v", err)
	}
}

func TestRefusesWhatAFolderCannotBe(t *testing.T) {
	p := provisioner{t.TempDir()}
	block := options(corev1.ReadWriteOnce, "node1")
	mode := corev1.PersistentVolumeBlock
	block.PVC.Spec.VolumeMode = &mode
	for name, each := range map[string]controller.ProvisionOptions{
		"shared": options(corev1.ReadWriteMany, "node1"), "no node": options(corev1.ReadWriteOnce, ""), "block": block,
	} {
		if _, state, err := p.Provision(t.Context(), each); err == nil || state != controller.ProvisioningFinished {
			t.Errorf("%s: got %v, %v", name, state, err)
		}
	}
}

func TestDeletesNothingElse(t *testing.T) {
	p := provisioner{t.TempDir()}
	kept := t.TempDir()
	for _, path := range []string{kept, filepath.Join(p.nodesFolder, "node1", "volumes", "..", ".."), "/"} {
		volume := &corev1.PersistentVolume{}
		volume.Name = "pvc-1"
		volume.Spec.Local = &corev1.LocalVolumeSource{Path: path}
		var ignored *controller.IgnoredError
		if err := p.Delete(t.Context(), volume); !errors.As(err, &ignored) {
			t.Errorf("%s: got %v, want it ignored", path, err)
		}
	}
	if _, err := os.Stat(kept); err != nil {
		t.Error(err)
	}
}
