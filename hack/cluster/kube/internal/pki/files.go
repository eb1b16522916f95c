package pki

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
)

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// sign writes the key first: a certificate on disk then always has its key, whenever a run is interrupted.
func sign(template, parent *x509.Certificate, key *ecdsa.PrivateKey, signer crypto.Signer, certificatePath, keyPath string) error {
	certificate, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		return err
	}
	encoded, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return err
	}
	if err := writePEM(keyPath, "EC PRIVATE KEY", encoded); err != nil {
		return err
	}
	return writePEM(certificatePath, "CERTIFICATE", certificate)
}

// makeServiceAccountKey uses RSA because tokens signed with it are accepted by every verifier in use.
func makeServiceAccountKey(privatePath, publicPath string) error {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return err
	}
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return err
	}
	if err := writePEM(privatePath, "RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key)); err != nil {
		return err
	}
	return writePEM(publicPath, "PUBLIC KEY", public)
}

// writePEM replaces the file in one step, readable by its owner alone.
func writePEM(path, kind string, content []byte) error {
	file, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	if err := pem.Encode(file, &pem.Block{Type: kind, Bytes: content}); err != nil {
		file.Close()
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}

func readPair(certificatePath, keyPath string) (*x509.Certificate, crypto.Signer, error) {
	certificateBlock, err := readPEM(certificatePath)
	if err != nil {
		return nil, nil, err
	}
	certificate, err := x509.ParseCertificate(certificateBlock.Bytes)
	if err != nil {
		return nil, nil, fmt.Errorf("while parsing %s: %w", certificatePath, err)
	}
	keyBlock, err := readPEM(keyPath)
	if err != nil {
		return nil, nil, err
	}
	key, err := x509.ParseECPrivateKey(keyBlock.Bytes)
	if err != nil {
		return nil, nil, fmt.Errorf("while parsing %s: %w", keyPath, err)
	}
	return certificate, key, nil
}

func readPEM(path string) (*pem.Block, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(content)
	if block == nil {
		return nil, fmt.Errorf("%s holds no PEM block: remove the file and run again", path)
	}
	return block, nil
}
