// Generated from crds/src/v1alpha1. Do not edit: change the types there, then run "make generate".
import type { CustomResourceDefinition } from "../custom-resource-definition.ts";

export type * from "../custom-resource-definition.ts";

/** The CustomResourceDefinition of ProfilePlatform, for what needs the schema without a cluster. */
export const profilePlatformDefinition: CustomResourceDefinition = {
  "apiVersion": "apiextensions.k8s.io/v1",
  "kind": "CustomResourceDefinition",
  "metadata": {
    "name": "profileplatforms.profileplatform.io"
  },
  "spec": {
    "group": "profileplatform.io",
    "names": {
      "kind": "ProfilePlatform",
      "listKind": "ProfilePlatformList",
      "plural": "profileplatforms",
      "singular": "profileplatform",
      "shortNames": [
        "pp"
      ],
      "categories": [
        "all"
      ]
    },
    "scope": "Cluster",
    "versions": [
      {
        "name": "v1alpha1",
        "served": true,
        "storage": true,
        "additionalPrinterColumns": [
          {
            "name": "Ready",
            "type": "string",
            "jsonPath": ".status.conditions[?(@.type=='Ready')].status",
            "description": "Whether the whole platform serves"
          },
          {
            "name": "State",
            "type": "string",
            "jsonPath": ".status.conditions[?(@.type=='Ready')].message",
            "description": "What is awaited or wrong"
          },
          {
            "name": "Components",
            "type": "string",
            "jsonPath": ".status.componentsReady",
            "description": "Ready components of all"
          },
          {
            "name": "Primary",
            "type": "string",
            "jsonPath": ".status.postgresql.primary",
            "description": "Pod of the PostgreSQL primary"
          },
          {
            "name": "Age",
            "type": "date",
            "jsonPath": ".metadata.creationTimestamp"
          }
        ],
        "subresources": {
          "status": {},
          "scale": {
            "specReplicasPath": ".spec.server.replicas",
            "statusReplicasPath": ".status.server.replicas",
            "labelSelectorPath": ".status.server.selector"
          }
        },
        "schema": {
          "openAPIV3Schema": {
            "description": "A whole application platform: databases, cache, queue, migrations, the profile API and its worker, and everything around them.",
            "type": "object",
            "properties": {
              "apiVersion": {
                "description": "Group and version of the API that the object is written for.",
                "type": "string"
              },
              "kind": {
                "description": "What the object is.",
                "type": "string"
              },
              "metadata": {
                "type": "object",
                "properties": {
                  "name": {
                    "description": "Name of the platform. It stands in label values beside other words, which leaves 50 characters of their 63.",
                    "type": "string",
                    "x-kubernetes-validations": [
                      {
                        "rule": "self.size() <= 50",
                        "message": "must not be longer than 50 characters, because label values hold it beside other words: choose a shorter name"
                      }
                    ]
                  }
                }
              },
              "spec": {
                "description": "What is wanted.",
                "type": "object",
                "properties": {
                  "namespacePrefix": {
                    "description": "Put in front of the name of every namespace, such as `team-a-` for `team-a-data-layer`, so that several platforms can live in one cluster.",
                    "type": "string",
                    "default": "",
                    "maxLength": 40,
                    "x-kubernetes-validations": [
                      {
                        "rule": "self.matches('^([a-z0-9][-a-z0-9]*)?$')",
                        "message": "must have small letters, digits and '-' only, and start with a letter or digit, such as team-a-"
                      },
                      {
                        "rule": "self == oldSelf",
                        "message": "cannot be changed, because namespaces cannot be renamed: put the old prefix back, or create another platform"
                      }
                    ]
                  },
                  "deletionPolicy": {
                    "description": "What becomes of volumes, their credentials and the namespaces that hold them when the platform is deleted. `Retain`: they stay, and the same manifest applied again finds its data. `Delete`: nothing stays.",
                    "type": "string",
                    "enum": [
                      "Retain",
                      "Delete"
                    ],
                    "default": "Retain"
                  },
                  "server": {
                    "description": "The profile API.",
                    "type": "object",
                    "properties": {
                      "replicas": {
                        "description": "Pods, unless `autoscaling` is set. `kubectl scale` changes this field.",
                        "type": "integer",
                        "format": "int32",
                        "default": 3,
                        "minimum": 1,
                        "maximum": 100
                      },
                      "autoscaling": {
                        "description": "Growing and shrinking with the load; a fixed number of pods when left out.",
                        "type": "object",
                        "properties": {
                          "minReplicas": {
                            "description": "Pods that always run.",
                            "type": "integer",
                            "format": "int32",
                            "default": 3,
                            "minimum": 1,
                            "maximum": 100
                          },
                          "maxReplicas": {
                            "description": "Pods that run at most.",
                            "type": "integer",
                            "format": "int32",
                            "default": 10,
                            "minimum": 1,
                            "maximum": 100
                          },
                          "targetCPUUtilizationPercentage": {
                            "description": "Average CPU of the pods, in percent of their request, that the number of pods is chosen for.",
                            "type": "integer",
                            "format": "int32",
                            "default": 70,
                            "minimum": 1,
                            "maximum": 100
                          }
                        },
                        "x-kubernetes-validations": [
                          {
                            "rule": "self.minReplicas <= self.maxReplicas",
                            "message": "minReplicas is above maxReplicas: lower the one or raise the other",
                            "fieldPath": ".minReplicas"
                          }
                        ]
                      },
                      "exposure": {
                        "description": "How the API is reached from outside the cluster.",
                        "type": "object",
                        "properties": {
                          "type": {
                            "description": "`None`: only from inside the platform. `NodePort`: a port of every node. `LoadBalancer`: an address of the cloud.",
                            "type": "string",
                            "enum": [
                              "None",
                              "NodePort",
                              "LoadBalancer"
                            ],
                            "default": "None"
                          },
                          "nodePort": {
                            "description": "The port of every node; chosen by the cluster when left out.",
                            "type": "integer",
                            "format": "int32",
                            "minimum": 30000,
                            "maximum": 32767
                          }
                        },
                        "x-kubernetes-validations": [
                          {
                            "rule": "!has(self.nodePort) || self.type == 'NodePort'",
                            "message": "nodePort needs type NodePort: set the type, or remove nodePort",
                            "fieldPath": ".nodePort",
                            "reason": "FieldValueForbidden"
                          }
                        ],
                        "default": {}
                      },
                      "database": {
                        "description": "Connections to PostgreSQL.",
                        "type": "object",
                        "properties": {
                          "poolSize": {
                            "description": "Connections that one pod has for requests: so many to the primary, and with `postgresql.instances` above 1 so many to replicas. Beside them it has 7 to the primary for what must not wait behind requests. All pods together must stay within what PostgreSQL accepts: the condition `ConnectionsOvercommitted` tells where they do not.",
                            "type": "integer",
                            "format": "int32",
                            "default": 8,
                            "minimum": 1,
                            "maximum": 100
                          }
                        },
                        "default": {}
                      },
                      "cache": {
                        "description": "The cache of profiles.",
                        "type": "object",
                        "properties": {
                          "maxEntries": {
                            "description": "Profiles that are kept at most.",
                            "type": "integer",
                            "format": "int32",
                            "default": 10,
                            "minimum": 1,
                            "maximum": 10000
                          },
                          "newEntryTTL": {
                            "description": "How long a profile that was read or created is kept.",
                            "type": "string",
                            "maxLength": 12,
                            "x-kubernetes-validations": [
                              {
                                "rule": "self.matches('^[1-9][0-9]{0,8}(s|m|h)$')",
                                "message": "must be a whole number above zero and a unit (s, m or h), such as 90s, 15m or 24h"
                              }
                            ],
                            "default": "24h"
                          },
                          "updatedEntryTTL": {
                            "description": "How long a profile that was updated is kept.",
                            "type": "string",
                            "maxLength": 12,
                            "x-kubernetes-validations": [
                              {
                                "rule": "self.matches('^[1-9][0-9]{0,8}(s|m|h)$')",
                                "message": "must be a whole number above zero and a unit (s, m or h), such as 90s, 15m or 24h"
                              }
                            ],
                            "default": "1h"
                          },
                          "redisTimeout": {
                            "description": "How long Redis may take for one command before the profile API goes to PostgreSQL instead. The worker, too, waits for no longer.",
                            "type": "string",
                            "maxLength": 12,
                            "x-kubernetes-validations": [
                              {
                                "rule": "self.matches('^[1-9][0-9]{0,8}(ms|s)$')",
                                "message": "must be a whole number above zero and a unit (ms or s), such as 250ms or 2s"
                              },
                              {
                                "rule": "!self.matches('^[1-9][0-9]{0,8}(ms|s)$') || (duration(self) >= duration('10ms') && duration(self) <= duration('2s'))",
                                "message": "must be from 10ms to 2s: give a length of time in between, such as 250ms"
                              }
                            ],
                            "default": "250ms"
                          }
                        },
                        "default": {}
                      },
                      "tasks": {
                        "description": "Delayed tasks.",
                        "type": "object",
                        "properties": {
                          "retention": {
                            "description": "How long a task is kept after it has ended.",
                            "type": "string",
                            "maxLength": 12,
                            "x-kubernetes-validations": [
                              {
                                "rule": "self.matches('^[1-9][0-9]{0,8}(s|m|h)$')",
                                "message": "must be a whole number above zero and a unit (s, m or h), such as 90s, 15m or 24h"
                              },
                              {
                                "rule": "!self.matches('^[1-9][0-9]{0,8}(s|m|h)$') || (self.matches('^([0-9]{1,9}s|[0-9]{1,7}m|[0-9]{1,5}h)$') && duration(self) >= duration('1m') && duration(self) <= duration('99999h'))",
                                "message": "must be from 1m to 99999h: give a length of time in between, such as 720h"
                              }
                            ],
                            "default": "720h"
                          }
                        },
                        "default": {}
                      },
                      "images": {
                        "description": "Images of profiles.",
                        "type": "object",
                        "properties": {
                          "baseURL": {
                            "description": "What stands before `/images` in the URLs of images: the address of a cache in front of the API, such as `https://cdn.example.com`. They are paths on the API when left out.",
                            "type": "string",
                            "maxLength": 512,
                            "x-kubernetes-validations": [
                              {
                                "rule": "self.matches('^https?://(([a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?[.])*[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?|((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])[.]){3}(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9]))(:([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?(/[!$->@-~]*)?$')",
                                "message": "must be an address without user, query and fragment, such as https://cdn.example.com"
                              }
                            ]
                          },
                          "maxSize": {
                            "description": "Size of a file at most. Files that arrive share 32Mi of memory, or as much as one may have.",
                            "type": "string",
                            "maxLength": 24,
                            "x-kubernetes-validations": [
                              {
                                "rule": "isQuantity(self) && sign(quantity(self)) > 0",
                                "message": "must be an amount above zero in Kubernetes notation, such as 500m, 512Mi or 10Gi"
                              },
                              {
                                "rule": "!isQuantity(self) || quantity(self).compareTo(quantity('1P')) <= 0",
                                "message": "must not be above 1P, which is more than any machine or volume has: give a smaller amount"
                              },
                              {
                                "rule": "!isQuantity(self) || (quantity(self).compareTo(quantity('1Ki')) >= 0 && quantity(self).compareTo(quantity('100Mi')) <= 0)",
                                "message": "must be from 1Ki to 100Mi: give a size in between, such as 10Mi"
                              }
                            ],
                            "default": "10Mi"
                          },
                          "maxPixels": {
                            "description": "Pixels of a picture at most; those with 16 bits a colour count twice. Decoding takes up to 8 bytes of memory for each.",
                            "type": "integer",
                            "format": "int32",
                            "default": 25000000,
                            "minimum": 1,
                            "maximum": 100000000
                          },
                          "maxPerProfile": {
                            "description": "Images that a profile has at most.",
                            "type": "integer",
                            "format": "int32",
                            "default": 10,
                            "minimum": 1,
                            "maximum": 100
                          },
                          "concurrency": {
                            "description": "Images that one pod decodes at once. Each takes a processor, and up to 200Mi of memory with the usual number of pixels: raise `resources` with it.",
                            "type": "integer",
                            "format": "int32",
                            "default": 1,
                            "minimum": 1,
                            "maximum": 16
                          },
                          "queueLength": {
                            "description": "Images that may wait in one pod for being decoded; uploads beyond that are asked to come again.",
                            "type": "integer",
                            "format": "int32",
                            "default": 16,
                            "minimum": 0,
                            "maximum": 1000
                          },
                          "orphanRetention": {
                            "description": "How long an image that no profile has is kept. Longer than any upload takes.",
                            "type": "string",
                            "maxLength": 12,
                            "x-kubernetes-validations": [
                              {
                                "rule": "self.matches('^[1-9][0-9]{0,8}(s|m|h)$')",
                                "message": "must be a whole number above zero and a unit (s, m or h), such as 90s, 15m or 24h"
                              },
                              {
                                "rule": "!self.matches('^[1-9][0-9]{0,8}(s|m|h)$') || (self.matches('^([0-9]{1,7}s|[0-9]{1,5}m|[0-9]{1,3}h)$') && duration(self) >= duration('1m') && duration(self) <= duration('720h'))",
                                "message": "must be from 1m to 720h: give a length of time in between, such as 10m"
                              }
                            ],
                            "default": "10m"
                          },
                          "s3": {
                            "description": "Where new images are stored; in PostgreSQL when left out. Images stay where they were stored: while `s3` is away, those in the bucket cannot be shown.",
                            "type": "object",
                            "properties": {
                              "bucket": {
                                "description": "Name of the bucket. It has to exist, and to be the same for as long as images are in it.",
                                "type": "string",
                                "maxLength": 63,
                                "x-kubernetes-validations": [
                                  {
                                    "rule": "self.matches('^[a-z0-9][-a-z0-9.]*[a-z0-9]$') && self.size() >= 3",
                                    "message": "must be the name of a bucket: 3 to 63 small letters, digits, '.' and '-', such as profile-images"
                                  }
                                ]
                              },
                              "region": {
                                "description": "Region that the bucket is in.",
                                "type": "string",
                                "default": "us-east-1",
                                "maxLength": 63,
                                "x-kubernetes-validations": [
                                  {
                                    "rule": "self.matches('^[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?$')",
                                    "message": "must be the name of a region, of letters, digits and '-', such as eu-central-1"
                                  }
                                ]
                              },
                              "endpoint": {
                                "description": "Address of another service than Amazon's, such as `https://minio.example.com:9000`. The profile API may open connections to its port, wherever that leads; with a Service of this cluster, by its full name, to the pods of its namespace instead.",
                                "type": "string",
                                "maxLength": 512,
                                "x-kubernetes-validations": [
                                  {
                                    "rule": "self.matches('^https?://(([a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?[.])*[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?|((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])[.]){3}(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9]))(:([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?(/[!$->@-~]*)?$')",
                                    "message": "must be an address without user, query and fragment, such as https://cdn.example.com"
                                  }
                                ]
                              },
                              "forcePathStyle": {
                                "description": "Whether buckets are paths below the address and not hosts of their own, as with MinIO.",
                                "type": "boolean",
                                "default": false
                              },
                              "credentialsSecret": {
                                "description": "A Secret in the namespace of the server layer, whose keys `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY` hold the credentials. The servers wait for it, and read it when they start. When left out, they look for others, such as a role that is bound to their ServiceAccount.",
                                "type": "string",
                                "maxLength": 253,
                                "x-kubernetes-validations": [
                                  {
                                    "rule": "self.matches('^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$')",
                                    "message": "must be the name of a Secret in the namespace of the server layer, of small letters, digits, '-' and '.', such as s3-credentials"
                                  }
                                ]
                              }
                            },
                            "x-kubernetes-validations": [
                              {
                                "rule": "has(self.bucket)",
                                "message": "give the name of the bucket, such as profile-images, or remove s3 to keep images in PostgreSQL",
                                "fieldPath": ".bucket",
                                "reason": "FieldValueRequired"
                              }
                            ]
                          }
                        },
                        "default": {}
                      },
                      "events": {
                        "description": "The stream of changes over WebSocket.",
                        "type": "object",
                        "properties": {
                          "retention": {
                            "description": "How long an event is kept for clients that were away. Whoever is away for longer reads everything anew.",
                            "type": "string",
                            "maxLength": 12,
                            "x-kubernetes-validations": [
                              {
                                "rule": "self.matches('^[1-9][0-9]{0,8}(s|m|h)$')",
                                "message": "must be a whole number above zero and a unit (s, m or h), such as 90s, 15m or 24h"
                              },
                              {
                                "rule": "!self.matches('^[1-9][0-9]{0,8}(s|m|h)$') || (self.matches('^([0-9]{1,7}s|[0-9]{1,5}m|[0-9]{1,3}h)$') && duration(self) >= duration('1m') && duration(self) <= duration('720h'))",
                                "message": "must be from 1m to 720h: give a length of time in between, such as 1h"
                              }
                            ],
                            "default": "1h"
                          },
                          "maxConnections": {
                            "description": "Connections that one pod has at most; those beyond are refused.",
                            "type": "integer",
                            "format": "int32",
                            "default": 1000,
                            "minimum": 1,
                            "maximum": 100000
                          },
                          "allowedOrigins": {
                            "description": "Pages that may connect, by their origins; those of every origin when left out. A token is asked for either way.",
                            "type": "array",
                            "items": {
                              "description": "Where a page comes from, as browsers say it: `https://app.example.com`.",
                              "type": "string",
                              "maxLength": 256,
                              "x-kubernetes-validations": [
                                {
                                  "rule": "self.matches('^https?://(([a-z0-9]([-a-z0-9]*[a-z0-9])?[.])*[a-z]([-a-z0-9]*[a-z0-9])?|((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])[.]){3}(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9]))(:([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?$') && !self.matches('^(http://.*:80|https://.*:443)$')",
                                  "message": "must be an origin as browsers write it, in small letters, without a path and without the port that goes without saying, such as https://app.example.com or http://localhost:3000"
                                }
                              ]
                            },
                            "x-kubernetes-list-type": "set",
                            "minItems": 1,
                            "maxItems": 32
                          }
                        },
                        "default": {}
                      },
                      "allowedOrigins": {
                        "description": "Pages that may call the API from a browser, by their origins; those of every origin when left out. A token is asked for either way.",
                        "type": "array",
                        "items": {
                          "description": "Where a page comes from, as browsers say it: `https://app.example.com`.",
                          "type": "string",
                          "maxLength": 256,
                          "x-kubernetes-validations": [
                            {
                              "rule": "self.matches('^https?://(([a-z0-9]([-a-z0-9]*[a-z0-9])?[.])*[a-z]([-a-z0-9]*[a-z0-9])?|((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])[.]){3}(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9]))(:([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?$') && !self.matches('^(http://.*:80|https://.*:443)$')",
                              "message": "must be an origin as browsers write it, in small letters, without a path and without the port that goes without saying, such as https://app.example.com or http://localhost:3000"
                            }
                          ]
                        },
                        "x-kubernetes-list-type": "set",
                        "minItems": 1,
                        "maxItems": 32
                      },
                      "rateLimits": {
                        "description": "Requests that clients may send.",
                        "type": "object",
                        "properties": {
                          "reads": {
                            "description": "Requests that only read, of the subject of a token.",
                            "type": "object",
                            "properties": {
                              "requests": {
                                "description": "Requests that may come at once, and within `period` from then on.",
                                "type": "integer",
                                "format": "int32",
                                "minimum": 1,
                                "maximum": 1000000
                              },
                              "period": {
                                "description": "Time in which as many requests may come again.",
                                "type": "string",
                                "maxLength": 12,
                                "x-kubernetes-validations": [
                                  {
                                    "rule": "self.matches('^[1-9][0-9]{0,8}(s|m|h)$')",
                                    "message": "must be a whole number above zero and a unit (s, m or h), such as 90s, 15m or 24h"
                                  },
                                  {
                                    "rule": "!self.matches('^[1-9][0-9]{0,8}(s|m|h)$') || (self.matches('^([0-9]{1,4}s|[0-9]{1,2}m|1h)$') && duration(self) <= duration('1h'))",
                                    "message": "must be from 1s to 1h: give a length of time in between, such as 10s"
                                  }
                                ],
                                "default": "10s"
                              }
                            },
                            "x-kubernetes-validations": [
                              {
                                "rule": "has(self.requests)",
                                "message": "give a number of requests, such as 5000, or leave the whole limit out for its default",
                                "fieldPath": ".requests",
                                "reason": "FieldValueRequired"
                              }
                            ],
                            "default": {
                              "requests": 5000
                            }
                          },
                          "writes": {
                            "description": "Other requests of the subject of a token.",
                            "type": "object",
                            "properties": {
                              "requests": {
                                "description": "Requests that may come at once, and within `period` from then on.",
                                "type": "integer",
                                "format": "int32",
                                "minimum": 1,
                                "maximum": 1000000
                              },
                              "period": {
                                "description": "Time in which as many requests may come again.",
                                "type": "string",
                                "maxLength": 12,
                                "x-kubernetes-validations": [
                                  {
                                    "rule": "self.matches('^[1-9][0-9]{0,8}(s|m|h)$')",
                                    "message": "must be a whole number above zero and a unit (s, m or h), such as 90s, 15m or 24h"
                                  },
                                  {
                                    "rule": "!self.matches('^[1-9][0-9]{0,8}(s|m|h)$') || (self.matches('^([0-9]{1,4}s|[0-9]{1,2}m|1h)$') && duration(self) <= duration('1h'))",
                                    "message": "must be from 1s to 1h: give a length of time in between, such as 10s"
                                  }
                                ],
                                "default": "10s"
                              }
                            },
                            "x-kubernetes-validations": [
                              {
                                "rule": "has(self.requests)",
                                "message": "give a number of requests, such as 5000, or leave the whole limit out for its default",
                                "fieldPath": ".requests",
                                "reason": "FieldValueRequired"
                              }
                            ],
                            "default": {
                              "requests": 3000
                            }
                          },
                          "anonymous": {
                            "description": "Requests of an address that need no token, such as those for images.",
                            "type": "object",
                            "properties": {
                              "requests": {
                                "description": "Requests that may come at once, and within `period` from then on.",
                                "type": "integer",
                                "format": "int32",
                                "minimum": 1,
                                "maximum": 1000000
                              },
                              "period": {
                                "description": "Time in which as many requests may come again.",
                                "type": "string",
                                "maxLength": 12,
                                "x-kubernetes-validations": [
                                  {
                                    "rule": "self.matches('^[1-9][0-9]{0,8}(s|m|h)$')",
                                    "message": "must be a whole number above zero and a unit (s, m or h), such as 90s, 15m or 24h"
                                  },
                                  {
                                    "rule": "!self.matches('^[1-9][0-9]{0,8}(s|m|h)$') || (self.matches('^([0-9]{1,4}s|[0-9]{1,2}m|1h)$') && duration(self) <= duration('1h'))",
                                    "message": "must be from 1s to 1h: give a length of time in between, such as 10s"
                                  }
                                ],
                                "default": "10s"
                              }
                            },
                            "x-kubernetes-validations": [
                              {
                                "rule": "has(self.requests)",
                                "message": "give a number of requests, such as 5000, or leave the whole limit out for its default",
                                "fieldPath": ".requests",
                                "reason": "FieldValueRequired"
                              }
                            ],
                            "default": {
                              "requests": 5000
                            }
                          },
                          "refusals": {
                            "description": "Requests of an address whose token is refused or missing.",
                            "type": "object",
                            "properties": {
                              "requests": {
                                "description": "Requests that may come at once, and within `period` from then on.",
                                "type": "integer",
                                "format": "int32",
                                "minimum": 1,
                                "maximum": 1000000
                              },
                              "period": {
                                "description": "Time in which as many requests may come again.",
                                "type": "string",
                                "maxLength": 12,
                                "x-kubernetes-validations": [
                                  {
                                    "rule": "self.matches('^[1-9][0-9]{0,8}(s|m|h)$')",
                                    "message": "must be a whole number above zero and a unit (s, m or h), such as 90s, 15m or 24h"
                                  },
                                  {
                                    "rule": "!self.matches('^[1-9][0-9]{0,8}(s|m|h)$') || (self.matches('^([0-9]{1,4}s|[0-9]{1,2}m|1h)$') && duration(self) <= duration('1h'))",
                                    "message": "must be from 1s to 1h: give a length of time in between, such as 10s"
                                  }
                                ],
                                "default": "10s"
                              }
                            },
                            "x-kubernetes-validations": [
                              {
                                "rule": "has(self.requests)",
                                "message": "give a number of requests, such as 5000, or leave the whole limit out for its default",
                                "fieldPath": ".requests",
                                "reason": "FieldValueRequired"
                              }
                            ],
                            "default": {
                              "requests": 100
                            }
                          },
                          "memoryBuckets": {
                            "description": "Clients that one pod remembers while Redis is away; each takes some 200 bytes.",
                            "type": "integer",
                            "format": "int32",
                            "default": 20000,
                            "minimum": 100,
                            "maximum": 1000000
                          },
                          "redisTimeout": {
                            "description": "How long Redis may take before a pod decides by what it remembers.",
                            "type": "string",
                            "maxLength": 12,
                            "x-kubernetes-validations": [
                              {
                                "rule": "self.matches('^[1-9][0-9]{0,8}(ms|s)$')",
                                "message": "must be a whole number above zero and a unit (ms or s), such as 250ms or 2s"
                              },
                              {
                                "rule": "!self.matches('^[1-9][0-9]{0,8}(ms|s)$') || (duration(self) >= duration('5ms') && duration(self) <= duration('1s'))",
                                "message": "must be from 5ms to 1s: give a length of time in between, such as 100ms"
                              }
                            ],
                            "default": "100ms"
                          }
                        },
                        "default": {}
                      },
                      "trustedProxyHops": {
                        "description": "Proxies in front of the API that append the address they were asked from to `X-Forwarded-For`, so that a client is known by its own. Never more than there are, or clients choose their addresses.",
                        "type": "integer",
                        "format": "int32",
                        "default": 0,
                        "minimum": 0,
                        "maximum": 10
                      },
                      "shedding": {
                        "description": "When requests are refused because there is too much to do.",
                        "type": "object",
                        "properties": {
                          "targetDelay": {
                            "description": "How long requests may wait for the processor or for a connection to the database before there are too many. Above what a CPU limit holds a process up for, which is up to 100ms in 100ms.",
                            "type": "string",
                            "maxLength": 12,
                            "x-kubernetes-validations": [
                              {
                                "rule": "self.matches('^[1-9][0-9]{0,8}(ms|s)$')",
                                "message": "must be a whole number above zero and a unit (ms or s), such as 250ms or 2s"
                              },
                              {
                                "rule": "!self.matches('^[1-9][0-9]{0,8}(ms|s)$') || (duration(self) >= duration('10ms') && duration(self) <= duration('5s'))",
                                "message": "must be from 10ms to 5s: give a length of time in between, such as 100ms"
                              }
                            ],
                            "default": "100ms"
                          },
                          "minInFlight": {
                            "description": "Requests that are let in however long others wait.",
                            "type": "integer",
                            "format": "int32",
                            "default": 32,
                            "minimum": 1,
                            "maximum": 10000
                          },
                          "maxInFlight": {
                            "description": "Requests that one pod has in hand at most, however well it goes. Each takes memory.",
                            "type": "integer",
                            "format": "int32",
                            "default": 512,
                            "minimum": 1,
                            "maximum": 10000
                          }
                        },
                        "x-kubernetes-validations": [
                          {
                            "rule": "!has(self.minInFlight) || !has(self.maxInFlight) || self.minInFlight <= self.maxInFlight",
                            "message": "minInFlight is above maxInFlight: lower the one or raise the other",
                            "fieldPath": ".minInFlight"
                          }
                        ],
                        "default": {}
                      },
                      "circuitBreakers": {
                        "description": "When a dependency that fails is left alone. The worker has the same.",
                        "type": "object",
                        "properties": {
                          "failures": {
                            "description": "Failures in a row after which a dependency is left alone.",
                            "type": "integer",
                            "format": "int32",
                            "default": 5,
                            "minimum": 1,
                            "maximum": 1000
                          },
                          "probeInterval": {
                            "description": "Time between two looks at whether it is back: recovery waits for it.",
                            "type": "string",
                            "maxLength": 12,
                            "x-kubernetes-validations": [
                              {
                                "rule": "self.matches('^[1-9][0-9]{0,8}(ms|s)$')",
                                "message": "must be a whole number above zero and a unit (ms or s), such as 250ms or 2s"
                              },
                              {
                                "rule": "!self.matches('^[1-9][0-9]{0,8}(ms|s)$') || (duration(self) >= duration('50ms') && duration(self) <= duration('1s'))",
                                "message": "must be from 50ms to 1s: give a length of time in between, such as 500ms"
                              }
                            ],
                            "default": "500ms"
                          }
                        },
                        "default": {}
                      },
                      "resources": {
                        "description": "CPU and memory of each pod.",
                        "type": "object",
                        "properties": {
                          "requests": {
                            "description": "What the scheduler sets aside for the container.",
                            "type": "object",
                            "properties": {
                              "cpu": {
                                "description": "CPU, such as `200m` (a fifth of a core) or `\"2\"`. A bare number needs quotes.",
                                "type": "string",
                                "maxLength": 24,
                                "x-kubernetes-validations": [
                                  {
                                    "rule": "isQuantity(self) && sign(quantity(self)) > 0",
                                    "message": "must be an amount above zero in Kubernetes notation, such as 500m, 512Mi or 10Gi"
                                  },
                                  {
                                    "rule": "!isQuantity(self) || quantity(self).compareTo(quantity('1P')) <= 0",
                                    "message": "must not be above 1P, which is more than any machine or volume has: give a smaller amount"
                                  }
                                ]
                              },
                              "memory": {
                                "description": "Memory, such as `256Mi`.",
                                "type": "string",
                                "maxLength": 24,
                                "x-kubernetes-validations": [
                                  {
                                    "rule": "isQuantity(self) && sign(quantity(self)) > 0",
                                    "message": "must be an amount above zero in Kubernetes notation, such as 500m, 512Mi or 10Gi"
                                  },
                                  {
                                    "rule": "!isQuantity(self) || quantity(self).compareTo(quantity('1P')) <= 0",
                                    "message": "must not be above 1P, which is more than any machine or volume has: give a smaller amount"
                                  }
                                ]
                              }
                            },
                            "x-kubernetes-validations": [
                              {
                                "rule": "has(self.cpu)",
                                "message": "give an amount of CPU, such as 200m, or leave resources out for the defaults",
                                "fieldPath": ".cpu",
                                "reason": "FieldValueRequired"
                              },
                              {
                                "rule": "has(self.memory)",
                                "message": "give an amount of memory, such as 256Mi, or leave resources out for the defaults",
                                "fieldPath": ".memory",
                                "reason": "FieldValueRequired"
                              }
                            ]
                          },
                          "limits": {
                            "description": "What the container may use at most; it is throttled (CPU) or killed (memory) above.",
                            "type": "object",
                            "properties": {
                              "cpu": {
                                "description": "CPU, such as `200m` (a fifth of a core) or `\"2\"`. A bare number needs quotes.",
                                "type": "string",
                                "maxLength": 24,
                                "x-kubernetes-validations": [
                                  {
                                    "rule": "isQuantity(self) && sign(quantity(self)) > 0",
                                    "message": "must be an amount above zero in Kubernetes notation, such as 500m, 512Mi or 10Gi"
                                  },
                                  {
                                    "rule": "!isQuantity(self) || quantity(self).compareTo(quantity('1P')) <= 0",
                                    "message": "must not be above 1P, which is more than any machine or volume has: give a smaller amount"
                                  }
                                ]
                              },
                              "memory": {
                                "description": "Memory, such as `256Mi`.",
                                "type": "string",
                                "maxLength": 24,
                                "x-kubernetes-validations": [
                                  {
                                    "rule": "isQuantity(self) && sign(quantity(self)) > 0",
                                    "message": "must be an amount above zero in Kubernetes notation, such as 500m, 512Mi or 10Gi"
                                  },
                                  {
                                    "rule": "!isQuantity(self) || quantity(self).compareTo(quantity('1P')) <= 0",
                                    "message": "must not be above 1P, which is more than any machine or volume has: give a smaller amount"
                                  }
                                ]
                              }
                            },
                            "x-kubernetes-validations": [
                              {
                                "rule": "has(self.cpu)",
                                "message": "give an amount of CPU, such as 200m, or leave resources out for the defaults",
                                "fieldPath": ".cpu",
                                "reason": "FieldValueRequired"
                              },
                              {
                                "rule": "has(self.memory)",
                                "message": "give an amount of memory, such as 256Mi, or leave resources out for the defaults",
                                "fieldPath": ".memory",
                                "reason": "FieldValueRequired"
                              }
                            ]
                          }
                        },
                        "x-kubernetes-validations": [
                          {
                            "rule": "has(self.requests)",
                            "message": "requests cannot be removed: give requests.cpu and requests.memory, or leave resources out for the defaults",
                            "fieldPath": ".requests",
                            "reason": "FieldValueRequired"
                          },
                          {
                            "rule": "has(self.limits)",
                            "message": "limits cannot be removed: give limits.cpu and limits.memory, or leave resources out for the defaults",
                            "fieldPath": ".limits",
                            "reason": "FieldValueRequired"
                          },
                          {
                            "rule": "!has(self.requests) || !has(self.limits) || !has(self.requests.cpu) || !has(self.limits.cpu) || !isQuantity(self.requests.cpu) || !isQuantity(self.limits.cpu) || quantity(self.requests.cpu).compareTo(quantity(self.limits.cpu)) <= 0",
                            "message": "requests.cpu is above limits.cpu: lower the request or raise the limit",
                            "fieldPath": ".requests.cpu"
                          },
                          {
                            "rule": "!has(self.requests) || !has(self.limits) || !has(self.requests.memory) || !has(self.limits.memory) || !isQuantity(self.requests.memory) || !isQuantity(self.limits.memory) || quantity(self.requests.memory).compareTo(quantity(self.limits.memory)) <= 0",
                            "message": "requests.memory is above limits.memory: lower the request or raise the limit",
                            "fieldPath": ".requests.memory"
                          }
                        ],
                        "default": {
                          "requests": {
                            "cpu": "200m",
                            "memory": "256Mi"
                          },
                          "limits": {
                            "cpu": "500m",
                            "memory": "512Mi"
                          }
                        }
                      },
                      "probes": {
                        "description": "Timing of the health checks.",
                        "type": "object",
                        "properties": {
                          "liveness": {
                            "description": "The probe that restarts a hung container.",
                            "type": "object",
                            "properties": {
                              "initialDelaySeconds": {
                                "description": "Seconds after the start before the first probe.",
                                "type": "integer",
                                "format": "int32",
                                "default": 30,
                                "minimum": 0,
                                "maximum": 600
                              },
                              "periodSeconds": {
                                "description": "Seconds between two probes.",
                                "type": "integer",
                                "format": "int32",
                                "default": 10,
                                "minimum": 1,
                                "maximum": 60
                              },
                              "timeoutSeconds": {
                                "description": "Seconds after which a probe counts as failed.",
                                "type": "integer",
                                "format": "int32",
                                "minimum": 1,
                                "x-kubernetes-validations": [
                                  {
                                    "rule": "self <= 5",
                                    "message": "must not be above 5 seconds: a slower probe hides a hung process; raise periodSeconds or failureThreshold instead"
                                  }
                                ],
                                "default": 5
                              },
                              "failureThreshold": {
                                "description": "Failed probes in a row before the container is restarted.",
                                "type": "integer",
                                "format": "int32",
                                "default": 3,
                                "minimum": 1,
                                "maximum": 10
                              }
                            },
                            "default": {}
                          },
                          "readiness": {
                            "description": "The probe that takes a pod out of its Services.",
                            "type": "object",
                            "properties": {
                              "initialDelaySeconds": {
                                "description": "Seconds after the start before the first probe.",
                                "type": "integer",
                                "format": "int32",
                                "default": 5,
                                "minimum": 0,
                                "maximum": 600
                              },
                              "periodSeconds": {
                                "description": "Seconds between two probes.",
                                "type": "integer",
                                "format": "int32",
                                "default": 5,
                                "minimum": 1,
                                "maximum": 60
                              },
                              "timeoutSeconds": {
                                "description": "Seconds after which a probe counts as failed.",
                                "type": "integer",
                                "format": "int32",
                                "minimum": 1,
                                "x-kubernetes-validations": [
                                  {
                                    "rule": "self <= 5",
                                    "message": "must not be above 5 seconds: a slower probe hides a hung process; raise periodSeconds or failureThreshold instead"
                                  }
                                ],
                                "default": 5
                              },
                              "failureThreshold": {
                                "description": "Failed probes in a row before the pod is taken out of its Services.",
                                "type": "integer",
                                "format": "int32",
                                "default": 3,
                                "minimum": 1,
                                "maximum": 10
                              }
                            },
                            "default": {}
                          }
                        },
                        "default": {}
                      }
                    },
                    "default": {}
                  },
                  "worker": {
                    "description": "The worker that carries out delayed tasks.",
                    "type": "object",
                    "properties": {
                      "replicas": {
                        "description": "Pods.",
                        "type": "integer",
                        "format": "int32",
                        "default": 1,
                        "minimum": 1,
                        "maximum": 100
                      },
                      "concurrency": {
                        "description": "Tasks that one pod carries out at once.",
                        "type": "integer",
                        "format": "int32",
                        "default": 10,
                        "minimum": 1,
                        "maximum": 1000
                      },
                      "database": {
                        "description": "Connections to PostgreSQL.",
                        "type": "object",
                        "properties": {
                          "poolSize": {
                            "description": "Connections that one pod has for tasks, and no more than `concurrency`. Beside them it has 2 for checks.",
                            "type": "integer",
                            "format": "int32",
                            "default": 10,
                            "minimum": 1,
                            "maximum": 100
                          }
                        },
                        "default": {}
                      },
                      "resources": {
                        "description": "CPU and memory of each pod.",
                        "type": "object",
                        "properties": {
                          "requests": {
                            "description": "What the scheduler sets aside for the container.",
                            "type": "object",
                            "properties": {
                              "cpu": {
                                "description": "CPU, such as `200m` (a fifth of a core) or `\"2\"`. A bare number needs quotes.",
                                "type": "string",
                                "maxLength": 24,
                                "x-kubernetes-validations": [
                                  {
                                    "rule": "isQuantity(self) && sign(quantity(self)) > 0",
                                    "message": "must be an amount above zero in Kubernetes notation, such as 500m, 512Mi or 10Gi"
                                  },
                                  {
                                    "rule": "!isQuantity(self) || quantity(self).compareTo(quantity('1P')) <= 0",
                                    "message": "must not be above 1P, which is more than any machine or volume has: give a smaller amount"
                                  }
                                ]
                              },
                              "memory": {
                                "description": "Memory, such as `256Mi`.",
                                "type": "string",
                                "maxLength": 24,
                                "x-kubernetes-validations": [
                                  {
                                    "rule": "isQuantity(self) && sign(quantity(self)) > 0",
                                    "message": "must be an amount above zero in Kubernetes notation, such as 500m, 512Mi or 10Gi"
                                  },
                                  {
                                    "rule": "!isQuantity(self) || quantity(self).compareTo(quantity('1P')) <= 0",
                                    "message": "must not be above 1P, which is more than any machine or volume has: give a smaller amount"
                                  }
                                ]
                              }
                            },
                            "x-kubernetes-validations": [
                              {
                                "rule": "has(self.cpu)",
                                "message": "give an amount of CPU, such as 200m, or leave resources out for the defaults",
                                "fieldPath": ".cpu",
                                "reason": "FieldValueRequired"
                              },
                              {
                                "rule": "has(self.memory)",
                                "message": "give an amount of memory, such as 256Mi, or leave resources out for the defaults",
                                "fieldPath": ".memory",
                                "reason": "FieldValueRequired"
                              }
                            ]
                          },
                          "limits": {
                            "description": "What the container may use at most; it is throttled (CPU) or killed (memory) above.",
                            "type": "object",
                            "properties": {
                              "cpu": {
                                "description": "CPU, such as `200m` (a fifth of a core) or `\"2\"`. A bare number needs quotes.",
                                "type": "string",
                                "maxLength": 24,
                                "x-kubernetes-validations": [
                                  {
                                    "rule": "isQuantity(self) && sign(quantity(self)) > 0",
                                    "message": "must be an amount above zero in Kubernetes notation, such as 500m, 512Mi or 10Gi"
                                  },
                                  {
                                    "rule": "!isQuantity(self) || quantity(self).compareTo(quantity('1P')) <= 0",
                                    "message": "must not be above 1P, which is more than any machine or volume has: give a smaller amount"
                                  }
                                ]
                              },
                              "memory": {
                                "description": "Memory, such as `256Mi`.",
                                "type": "string",
                                "maxLength": 24,
                                "x-kubernetes-validations": [
                                  {
                                    "rule": "isQuantity(self) && sign(quantity(self)) > 0",
                                    "message": "must be an amount above zero in Kubernetes notation, such as 500m, 512Mi or 10Gi"
                                  },
                                  {
                                    "rule": "!isQuantity(self) || quantity(self).compareTo(quantity('1P')) <= 0",
                                    "message": "must not be above 1P, which is more than any machine or volume has: give a smaller amount"
                                  }
                                ]
                              }
                            },
                            "x-kubernetes-validations": [
                              {
                                "rule": "has(self.cpu)",
                                "message": "give an amount of CPU, such as 200m, or leave resources out for the defaults",
                                "fieldPath": ".cpu",
                                "reason": "FieldValueRequired"
                              },
                              {
                                "rule": "has(self.memory)",
                                "message": "give an amount of memory, such as 256Mi, or leave resources out for the defaults",
                                "fieldPath": ".memory",
                                "reason": "FieldValueRequired"
                              }
                            ]
                          }
                        },
                        "x-kubernetes-validations": [
                          {
                            "rule": "has(self.requests)",
                            "message": "requests cannot be removed: give requests.cpu and requests.memory, or leave resources out for the defaults",
                            "fieldPath": ".requests",
                            "reason": "FieldValueRequired"
                          },
                          {
                            "rule": "has(self.limits)",
                            "message": "limits cannot be removed: give limits.cpu and limits.memory, or leave resources out for the defaults",
                            "fieldPath": ".limits",
                            "reason": "FieldValueRequired"
                          },
                          {
                            "rule": "!has(self.requests) || !has(self.limits) || !has(self.requests.cpu) || !has(self.limits.cpu) || !isQuantity(self.requests.cpu) || !isQuantity(self.limits.cpu) || quantity(self.requests.cpu).compareTo(quantity(self.limits.cpu)) <= 0",
                            "message": "requests.cpu is above limits.cpu: lower the request or raise the limit",
                            "fieldPath": ".requests.cpu"
                          },
                          {
                            "rule": "!has(self.requests) || !has(self.limits) || !has(self.requests.memory) || !has(self.limits.memory) || !isQuantity(self.requests.memory) || !isQuantity(self.limits.memory) || quantity(self.requests.memory).compareTo(quantity(self.limits.memory)) <= 0",
                            "message": "requests.memory is above limits.memory: lower the request or raise the limit",
                            "fieldPath": ".requests.memory"
                          }
                        ],
                        "default": {
                          "requests": {
                            "cpu": "200m",
                            "memory": "256Mi"
                          },
                          "limits": {
                            "cpu": "500m",
                            "memory": "512Mi"
                          }
                        }
                      },
                      "probes": {
                        "description": "Timing of the health checks.",
                        "type": "object",
                        "properties": {
                          "liveness": {
                            "description": "The probe that restarts a hung container.",
                            "type": "object",
                            "properties": {
                              "initialDelaySeconds": {
                                "description": "Seconds after the start before the first probe.",
                                "type": "integer",
                                "format": "int32",
                                "default": 30,
                                "minimum": 0,
                                "maximum": 600
                              },
                              "periodSeconds": {
                                "description": "Seconds between two probes.",
                                "type": "integer",
                                "format": "int32",
                                "default": 10,
                                "minimum": 1,
                                "maximum": 60
                              },
                              "timeoutSeconds": {
                                "description": "Seconds after which a probe counts as failed.",
                                "type": "integer",
                                "format": "int32",
                                "minimum": 1,
                                "x-kubernetes-validations": [
                                  {
                                    "rule": "self <= 5",
                                    "message": "must not be above 5 seconds: a slower probe hides a hung process; raise periodSeconds or failureThreshold instead"
                                  }
                                ],
                                "default": 5
                              },
                              "failureThreshold": {
                                "description": "Failed probes in a row before the container is restarted.",
                                "type": "integer",
                                "format": "int32",
                                "default": 3,
                                "minimum": 1,
                                "maximum": 10
                              }
                            },
                            "default": {}
                          },
                          "readiness": {
                            "description": "The probe that takes a pod out of its Services.",
                            "type": "object",
                            "properties": {
                              "initialDelaySeconds": {
                                "description": "Seconds after the start before the first probe.",
                                "type": "integer",
                                "format": "int32",
                                "default": 5,
                                "minimum": 0,
                                "maximum": 600
                              },
                              "periodSeconds": {
                                "description": "Seconds between two probes.",
                                "type": "integer",
                                "format": "int32",
                                "default": 5,
                                "minimum": 1,
                                "maximum": 60
                              },
                              "timeoutSeconds": {
                                "description": "Seconds after which a probe counts as failed.",
                                "type": "integer",
                                "format": "int32",
                                "minimum": 1,
                                "x-kubernetes-validations": [
                                  {
                                    "rule": "self <= 5",
                                    "message": "must not be above 5 seconds: a slower probe hides a hung process; raise periodSeconds or failureThreshold instead"
                                  }
                                ],
                                "default": 5
                              },
                              "failureThreshold": {
                                "description": "Failed probes in a row before the pod is taken out of its Services.",
                                "type": "integer",
                                "format": "int32",
                                "default": 3,
                                "minimum": 1,
                                "maximum": 10
                              }
                            },
                            "default": {}
                          }
                        },
                        "default": {}
                      }
                    },
                    "default": {}
                  },
                  "postgresql": {
                    "description": "The database of record.",
                    "type": "object",
                    "properties": {
                      "instances": {
                        "description": "Instances: one primary, the others replicas. The profile API reads listings from replicas where there are some, no older than the primary has them; its pods restart once when the first replicas are added.",
                        "type": "integer",
                        "format": "int32",
                        "enum": [
                          1,
                          3,
                          5
                        ],
                        "default": 1,
                        "x-kubernetes-validations": [
                          {
                            "rule": "self >= oldSelf",
                            "message": "the number of instances cannot be lowered once the platform exists, because those that are left would be no majority and none could become the primary: put the old number back, or create another platform"
                          }
                        ]
                      },
                      "storage": {
                        "description": "Volume of each instance.",
                        "type": "object",
                        "properties": {
                          "size": {
                            "description": "Size of the volume.",
                            "type": "string",
                            "maxLength": 24,
                            "x-kubernetes-validations": [
                              {
                                "rule": "isQuantity(self) && sign(quantity(self)) > 0",
                                "message": "must be an amount above zero in Kubernetes notation, such as 500m, 512Mi or 10Gi"
                              },
                              {
                                "rule": "!isQuantity(self) || quantity(self).compareTo(quantity('1P')) <= 0",
                                "message": "must not be above 1P, which is more than any machine or volume has: give a smaller amount"
                              },
                              {
                                "rule": "self == oldSelf",
                                "message": "the size cannot be changed once the platform exists: put the old size back, or create another platform"
                              }
                            ]
                          },
                          "storageClassName": {
                            "description": "StorageClass of the volume; the cluster's default when left out.",
                            "type": "string",
                            "minLength": 1,
                            "maxLength": 253,
                            "x-kubernetes-validations": [
                              {
                                "rule": "self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$')",
                                "message": "must be the name of a StorageClass, which has small letters, digits, '-' and '.' only: see kubectl get storageclasses"
                              },
                              {
                                "rule": "self == oldSelf",
                                "message": "the StorageClass cannot be changed once the platform exists: put the old one back, or create another platform"
                              }
                            ]
                          }
                        },
                        "x-kubernetes-validations": [
                          {
                            "rule": "has(self.size)",
                            "message": "give the size of the volume, such as 10Gi",
                            "fieldPath": ".size",
                            "reason": "FieldValueRequired"
                          },
                          {
                            "rule": "has(self.storageClassName) == has(oldSelf.storageClassName)",
                            "message": "storageClassName cannot be added or removed once the platform exists: put the old manifest back, or create another platform",
                            "fieldPath": ".storageClassName"
                          }
                        ],
                        "default": {
                          "size": "10Gi"
                        }
                      },
                      "synchronous": {
                        "description": "`quorum`: a commit waits for a replica, where there is one. `\"off\"` (in quotes, or YAML reads it as false): it does not, and a failover may lose it.",
                        "type": "string",
                        "enum": [
                          "quorum",
                          "off"
                        ],
                        "default": "quorum",
                        "x-kubernetes-validations": [
                          {
                            "rule": "self == oldSelf",
                            "message": "synchronous cannot be changed once the platform exists: put the old value back, or create another platform"
                          }
                        ]
                      },
                      "parameters": {
                        "description": "Server parameters, such as `work_mem: 8MB`. A change restarts the instances. Parameters that replication and failover depend on belong to the operator and are refused.",
                        "type": "object",
                        "additionalProperties": {
                          "description": "Value of a PostgreSQL parameter, as it would stand in postgresql.conf, without quotes.",
                          "type": "string",
                          "minLength": 1,
                          "maxLength": 256,
                          "x-kubernetes-validations": [
                            {
                              "rule": "self.matches('^[^\\\\r\\\\n]*$')",
                              "message": "must be one line, because PostgreSQL does not start with more: remove the line break"
                            }
                          ]
                        },
                        "maxProperties": 64,
                        "x-kubernetes-validations": [
                          {
                            "rule": "self.all(name, name.matches('^[a-z][a-z0-9_.]{0,62}$'))",
                            "message": "a parameter's name has small letters, digits, '_' and '.' only, such as work_mem"
                          },
                          {
                            "rule": "self.all(name, !(name in ['listen_addresses', 'port', 'cluster_name', 'hot_standby', 'wal_level', 'wal_log_hints', 'max_connections', 'max_locks_per_transaction', 'max_worker_processes', 'max_prepared_transactions', 'max_wal_senders', 'max_replication_slots', 'wal_keep_size', 'track_commit_timestamp', 'synchronous_standby_names', 'synchronous_commit', 'primary_conninfo', 'primary_slot_name', 'archive_mode', 'archive_command', 'restore_command', 'recovery_target_timeline', 'unix_socket_directories', 'data_directory', 'hba_file', 'ident_file', 'config_file', 'password_encryption', 'ssl', 'fsync', 'full_page_writes']))",
                            "message": "must not set what replication, failover or durability depend on: remove it",
                            "messageExpression": "'must not set ' + self.filter(name, name in ['listen_addresses', 'port', 'cluster_name', 'hot_standby', 'wal_level', 'wal_log_hints', 'max_connections', 'max_locks_per_transaction', 'max_worker_processes', 'max_prepared_transactions', 'max_wal_senders', 'max_replication_slots', 'wal_keep_size', 'track_commit_timestamp', 'synchronous_standby_names', 'synchronous_commit', 'primary_conninfo', 'primary_slot_name', 'archive_mode', 'archive_command', 'restore_command', 'recovery_target_timeline', 'unix_socket_directories', 'data_directory', 'hba_file', 'ident_file', 'config_file', 'password_encryption', 'ssl', 'fsync', 'full_page_writes'])[0] + ', which the operator sets because replication, failover or durability depend on it: remove it'",
                            "reason": "FieldValueForbidden"
                          }
                        ]
                      },
                      "backup": {
                        "description": "Backups. Without it none are made.",
                        "type": "object",
                        "properties": {
                          "schedule": {
                            "description": "When full backups are made: minute, hour, day of the month, month and day of the week, in UTC, such as `0 3 * * *` for three o'clock each night. The first one is made at once. A time that passed while the operator was away is made up for once.",
                            "type": "string",
                            "default": "0 3 * * *",
                            "maxLength": 100,
                            "x-kubernetes-validations": [
                              {
                                "rule": "self.matches('^(([*]|[0-5]?[0-9]-[0-5]?[0-9])(/([1-9]|[1-5][0-9]))?|[0-5]?[0-9])(,(([*]|[0-5]?[0-9]-[0-5]?[0-9])(/([1-9]|[1-5][0-9]))?|[0-5]?[0-9]))* (([*]|([01]?[0-9]|2[0-3])-([01]?[0-9]|2[0-3]))(/([1-9]|1[0-9]|2[0-3]))?|([01]?[0-9]|2[0-3]))(,(([*]|([01]?[0-9]|2[0-3])-([01]?[0-9]|2[0-3]))(/([1-9]|1[0-9]|2[0-3]))?|([01]?[0-9]|2[0-3])))* (([*]|(0?[1-9]|[12][0-9]|3[01])-(0?[1-9]|[12][0-9]|3[01]))(/([1-9]|[12][0-9]|3[01]))?|(0?[1-9]|[12][0-9]|3[01]))(,(([*]|(0?[1-9]|[12][0-9]|3[01])-(0?[1-9]|[12][0-9]|3[01]))(/([1-9]|[12][0-9]|3[01]))?|(0?[1-9]|[12][0-9]|3[01])))* (([*]|(0?[1-9]|1[0-2])-(0?[1-9]|1[0-2]))(/([1-9]|1[0-2]))?|(0?[1-9]|1[0-2]))(,(([*]|(0?[1-9]|1[0-2])-(0?[1-9]|1[0-2]))(/([1-9]|1[0-2]))?|(0?[1-9]|1[0-2])))* (([*]|[0-7]-[0-7])(/[1-7])?|[0-7])(,(([*]|[0-7]-[0-7])(/[1-7])?|[0-7]))*$')",
                                "message": "must be five fields in numbers with one space between them, such as 0 3 * * *: minute (0-59), hour (0-23), day of the month (1-31), month (1-12) and day of the week (0-7, where 0 and 7 are Sunday), each with '*', ranges (1-5), steps (0-59/15) and lists (1,15)"
                              },
                              {
                                "rule": "self.findAll('[0-9]+-[0-9]+').all(range, int(range.split('-')[0]) <= int(range.split('-')[1]))",
                                "message": "has a range that ends before it begins: put the smaller number first, such as 1-5"
                              },
                              {
                                "rule": "!self.matches('^[^ ]+ [^ ]+ (30|31) 0?2 [*]$') && !self.matches('^[^ ]+ [^ ]+ 31 (0?[2469]|11) [*]$')",
                                "message": "names a day that its month never has, so that no backup would ever be made: choose another day or month"
                              }
                            ]
                          },
                          "retention": {
                            "description": "How long backups are kept.",
                            "type": "object",
                            "properties": {
                              "full": {
                                "description": "Full backups that are kept. When another one has been made, the oldest goes, with the differential and incremental ones that build on it and the changes before the next.",
                                "type": "integer",
                                "format": "int32",
                                "default": 7,
                                "minimum": 1,
                                "maximum": 1000
                              }
                            },
                            "default": {}
                          },
                          "repository": {
                            "description": "Where backups are kept. They are encrypted there, with a passphrase that the operator makes and keeps.",
                            "type": "object",
                            "properties": {
                              "volume": {
                                "description": "A volume of its own, in a pod beside PostgreSQL.",
                                "type": "object",
                                "properties": {
                                  "size": {
                                    "description": "Size of the volume.",
                                    "type": "string",
                                    "maxLength": 24,
                                    "x-kubernetes-validations": [
                                      {
                                        "rule": "isQuantity(self) && sign(quantity(self)) > 0",
                                        "message": "must be an amount above zero in Kubernetes notation, such as 500m, 512Mi or 10Gi"
                                      },
                                      {
                                        "rule": "!isQuantity(self) || quantity(self).compareTo(quantity('1P')) <= 0",
                                        "message": "must not be above 1P, which is more than any machine or volume has: give a smaller amount"
                                      },
                                      {
                                        "rule": "self == oldSelf",
                                        "message": "the size cannot be changed once the platform exists: put the old size back, or create another platform"
                                      }
                                    ]
                                  },
                                  "storageClassName": {
                                    "description": "StorageClass of the volume; the cluster's default when left out.",
                                    "type": "string",
                                    "minLength": 1,
                                    "maxLength": 253,
                                    "x-kubernetes-validations": [
                                      {
                                        "rule": "self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$')",
                                        "message": "must be the name of a StorageClass, which has small letters, digits, '-' and '.' only: see kubectl get storageclasses"
                                      },
                                      {
                                        "rule": "self == oldSelf",
                                        "message": "the StorageClass cannot be changed once the platform exists: put the old one back, or create another platform"
                                      }
                                    ]
                                  }
                                },
                                "x-kubernetes-validations": [
                                  {
                                    "rule": "has(self.size)",
                                    "message": "give the size of the volume, such as 10Gi",
                                    "fieldPath": ".size",
                                    "reason": "FieldValueRequired"
                                  },
                                  {
                                    "rule": "has(self.storageClassName) == has(oldSelf.storageClassName)",
                                    "message": "storageClassName cannot be added or removed once the platform exists: put the old manifest back, or create another platform",
                                    "fieldPath": ".storageClassName"
                                  }
                                ],
                                "default": {
                                  "size": "20Gi"
                                }
                              }
                            },
                            "default": {}
                          }
                        }
                      },
                      "resources": {
                        "description": "CPU and memory of each instance.",
                        "type": "object",
                        "properties": {
                          "requests": {
                            "description": "What the scheduler sets aside for the container.",
                            "type": "object",
                            "properties": {
                              "cpu": {
                                "description": "CPU, such as `200m` (a fifth of a core) or `\"2\"`. A bare number needs quotes.",
                                "type": "string",
                                "maxLength": 24,
                                "x-kubernetes-validations": [
                                  {
                                    "rule": "isQuantity(self) && sign(quantity(self)) > 0",
                                    "message": "must be an amount above zero in Kubernetes notation, such as 500m, 512Mi or 10Gi"
                                  },
                                  {
                                    "rule": "!isQuantity(self) || quantity(self).compareTo(quantity('1P')) <= 0",
                                    "message": "must not be above 1P, which is more than any machine or volume has: give a smaller amount"
                                  }
                                ]
                              },
                              "memory": {
                                "description": "Memory, such as `256Mi`.",
                                "type": "string",
                                "maxLength": 24,
                                "x-kubernetes-validations": [
                                  {
                                    "rule": "isQuantity(self) && sign(quantity(self)) > 0",
                                    "message": "must be an amount above zero in Kubernetes notation, such as 500m, 512Mi or 10Gi"
                                  },
                                  {
                                    "rule": "!isQuantity(self) || quantity(self).compareTo(quantity('1P')) <= 0",
                                    "message": "must not be above 1P, which is more than any machine or volume has: give a smaller amount"
                                  }
                                ]
                              }
                            },
                            "x-kubernetes-validations": [
                              {
                                "rule": "has(self.cpu)",
                                "message": "give an amount of CPU, such as 200m, or leave resources out for the defaults",
                                "fieldPath": ".cpu",
                                "reason": "FieldValueRequired"
                              },
                              {
                                "rule": "has(self.memory)",
                                "message": "give an amount of memory, such as 256Mi, or leave resources out for the defaults",
                                "fieldPath": ".memory",
                                "reason": "FieldValueRequired"
                              }
                            ]
                          },
                          "limits": {
                            "description": "What the container may use at most; it is throttled (CPU) or killed (memory) above.",
                            "type": "object",
                            "properties": {
                              "cpu": {
                                "description": "CPU, such as `200m` (a fifth of a core) or `\"2\"`. A bare number needs quotes.",
                                "type": "string",
                                "maxLength": 24,
                                "x-kubernetes-validations": [
                                  {
                                    "rule": "isQuantity(self) && sign(quantity(self)) > 0",
                                    "message": "must be an amount above zero in Kubernetes notation, such as 500m, 512Mi or 10Gi"
                                  },
                                  {
                                    "rule": "!isQuantity(self) || quantity(self).compareTo(quantity('1P')) <= 0",
                                    "message": "must not be above 1P, which is more than any machine or volume has: give a smaller amount"
                                  }
                                ]
                              },
                              "memory": {
                                "description": "Memory, such as `256Mi`.",
                                "type": "string",
                                "maxLength": 24,
                                "x-kubernetes-validations": [
                                  {
                                    "rule": "isQuantity(self) && sign(quantity(self)) > 0",
                                    "message": "must be an amount above zero in Kubernetes notation, such as 500m, 512Mi or 10Gi"
                                  },
                                  {
                                    "rule": "!isQuantity(self) || quantity(self).compareTo(quantity('1P')) <= 0",
                                    "message": "must not be above 1P, which is more than any machine or volume has: give a smaller amount"
                                  }
                                ]
                              }
                            },
                            "x-kubernetes-validations": [
                              {
                                "rule": "has(self.cpu)",
                                "message": "give an amount of CPU, such as 200m, or leave resources out for the defaults",
                                "fieldPath": ".cpu",
                                "reason": "FieldValueRequired"
                              },
                              {
                                "rule": "has(self.memory)",
                                "message": "give an amount of memory, such as 256Mi, or leave resources out for the defaults",
                                "fieldPath": ".memory",
                                "reason": "FieldValueRequired"
                              }
                            ]
                          }
                        },
                        "x-kubernetes-validations": [
                          {
                            "rule": "has(self.requests)",
                            "message": "requests cannot be removed: give requests.cpu and requests.memory, or leave resources out for the defaults",
                            "fieldPath": ".requests",
                            "reason": "FieldValueRequired"
                          },
                          {
                            "rule": "has(self.limits)",
                            "message": "limits cannot be removed: give limits.cpu and limits.memory, or leave resources out for the defaults",
                            "fieldPath": ".limits",
                            "reason": "FieldValueRequired"
                          },
                          {
                            "rule": "!has(self.requests) || !has(self.limits) || !has(self.requests.cpu) || !has(self.limits.cpu) || !isQuantity(self.requests.cpu) || !isQuantity(self.limits.cpu) || quantity(self.requests.cpu).compareTo(quantity(self.limits.cpu)) <= 0",
                            "message": "requests.cpu is above limits.cpu: lower the request or raise the limit",
                            "fieldPath": ".requests.cpu"
                          },
                          {
                            "rule": "!has(self.requests) || !has(self.limits) || !has(self.requests.memory) || !has(self.limits.memory) || !isQuantity(self.requests.memory) || !isQuantity(self.limits.memory) || quantity(self.requests.memory).compareTo(quantity(self.limits.memory)) <= 0",
                            "message": "requests.memory is above limits.memory: lower the request or raise the limit",
                            "fieldPath": ".requests.memory"
                          }
                        ],
                        "default": {
                          "requests": {
                            "cpu": "200m",
                            "memory": "256Mi"
                          },
                          "limits": {
                            "cpu": "500m",
                            "memory": "512Mi"
                          }
                        }
                      },
                      "probes": {
                        "description": "Timing of the health checks.",
                        "type": "object",
                        "properties": {
                          "liveness": {
                            "description": "The probe that restarts a hung container.",
                            "type": "object",
                            "properties": {
                              "initialDelaySeconds": {
                                "description": "Seconds after the start before the first probe.",
                                "type": "integer",
                                "format": "int32",
                                "default": 30,
                                "minimum": 0,
                                "maximum": 600
                              },
                              "periodSeconds": {
                                "description": "Seconds between two probes.",
                                "type": "integer",
                                "format": "int32",
                                "default": 10,
                                "minimum": 1,
                                "maximum": 60
                              },
                              "timeoutSeconds": {
                                "description": "Seconds after which a probe counts as failed.",
                                "type": "integer",
                                "format": "int32",
                                "minimum": 1,
                                "x-kubernetes-validations": [
                                  {
                                    "rule": "self <= 5",
                                    "message": "must not be above 5 seconds: a slower probe hides a hung process; raise periodSeconds or failureThreshold instead"
                                  }
                                ],
                                "default": 5
                              },
                              "failureThreshold": {
                                "description": "Failed probes in a row before the container is restarted.",
                                "type": "integer",
                                "format": "int32",
                                "default": 3,
                                "minimum": 1,
                                "maximum": 10
                              }
                            },
                            "default": {}
                          },
                          "readiness": {
                            "description": "The probe that takes a pod out of its Services.",
                            "type": "object",
                            "properties": {
                              "initialDelaySeconds": {
                                "description": "Seconds after the start before the first probe.",
                                "type": "integer",
                                "format": "int32",
                                "default": 5,
                                "minimum": 0,
                                "maximum": 600
                              },
                              "periodSeconds": {
                                "description": "Seconds between two probes.",
                                "type": "integer",
                                "format": "int32",
                                "default": 5,
                                "minimum": 1,
                                "maximum": 60
                              },
                              "timeoutSeconds": {
                                "description": "Seconds after which a probe counts as failed.",
                                "type": "integer",
                                "format": "int32",
                                "minimum": 1,
                                "x-kubernetes-validations": [
                                  {
                                    "rule": "self <= 5",
                                    "message": "must not be above 5 seconds: a slower probe hides a hung process; raise periodSeconds or failureThreshold instead"
                                  }
                                ],
                                "default": 5
                              },
                              "failureThreshold": {
                                "description": "Failed probes in a row before the pod is taken out of its Services.",
                                "type": "integer",
                                "format": "int32",
                                "default": 3,
                                "minimum": 1,
                                "maximum": 10
                              }
                            },
                            "default": {}
                          }
                        },
                        "default": {}
                      }
                    },
                    "x-kubernetes-validations": [
                      {
                        "rule": "!has(self.backup) || !has(self.parameters) || !self.parameters.exists(name, name in ['archive_timeout', 'archive_library'])",
                        "message": "must not set archive_timeout or archive_library beside backup, which sets how the write-ahead log is archived: remove it",
                        "fieldPath": ".parameters",
                        "reason": "FieldValueForbidden"
                      }
                    ],
                    "default": {}
                  },
                  "redis": {
                    "description": "The cache.",
                    "type": "object",
                    "properties": {
                      "replicas": {
                        "description": "Pods of Redis. With 3, one is the master and two are replicas, each beside a Sentinel, so that another one becomes the master when it is lost.",
                        "type": "integer",
                        "format": "int32",
                        "enum": [
                          1,
                          3
                        ],
                        "default": 1,
                        "x-kubernetes-validations": [
                          {
                            "rule": "self >= oldSelf",
                            "message": "the number of replicas cannot be lowered once the platform exists, because the Sentinels that are left would be no majority and none could become the master: put the old number back, or create another platform"
                          }
                        ]
                      },
                      "storage": {
                        "description": "Volume of each pod, for the append-only file.",
                        "type": "object",
                        "properties": {
                          "size": {
                            "description": "Size of the volume.",
                            "type": "string",
                            "maxLength": 24,
                            "x-kubernetes-validations": [
                              {
                                "rule": "isQuantity(self) && sign(quantity(self)) > 0",
                                "message": "must be an amount above zero in Kubernetes notation, such as 500m, 512Mi or 10Gi"
                              },
                              {
                                "rule": "!isQuantity(self) || quantity(self).compareTo(quantity('1P')) <= 0",
                                "message": "must not be above 1P, which is more than any machine or volume has: give a smaller amount"
                              },
                              {
                                "rule": "self == oldSelf",
                                "message": "the size cannot be changed once the platform exists: put the old size back, or create another platform"
                              }
                            ]
                          },
                          "storageClassName": {
                            "description": "StorageClass of the volume; the cluster's default when left out.",
                            "type": "string",
                            "minLength": 1,
                            "maxLength": 253,
                            "x-kubernetes-validations": [
                              {
                                "rule": "self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$')",
                                "message": "must be the name of a StorageClass, which has small letters, digits, '-' and '.' only: see kubectl get storageclasses"
                              },
                              {
                                "rule": "self == oldSelf",
                                "message": "the StorageClass cannot be changed once the platform exists: put the old one back, or create another platform"
                              }
                            ]
                          }
                        },
                        "x-kubernetes-validations": [
                          {
                            "rule": "has(self.size)",
                            "message": "give the size of the volume, such as 10Gi",
                            "fieldPath": ".size",
                            "reason": "FieldValueRequired"
                          },
                          {
                            "rule": "has(self.storageClassName) == has(oldSelf.storageClassName)",
                            "message": "storageClassName cannot be added or removed once the platform exists: put the old manifest back, or create another platform",
                            "fieldPath": ".storageClassName"
                          }
                        ],
                        "default": {
                          "size": "1Gi"
                        }
                      },
                      "resources": {
                        "description": "CPU and memory of each pod. Beside them, each Sentinel gets an amount of its own.",
                        "type": "object",
                        "properties": {
                          "requests": {
                            "description": "What the scheduler sets aside for the container.",
                            "type": "object",
                            "properties": {
                              "cpu": {
                                "description": "CPU, such as `200m` (a fifth of a core) or `\"2\"`. A bare number needs quotes.",
                                "type": "string",
                                "maxLength": 24,
                                "x-kubernetes-validations": [
                                  {
                                    "rule": "isQuantity(self) && sign(quantity(self)) > 0",
                                    "message": "must be an amount above zero in Kubernetes notation, such as 500m, 512Mi or 10Gi"
                                  },
                                  {
                                    "rule": "!isQuantity(self) || quantity(self).compareTo(quantity('1P')) <= 0",
                                    "message": "must not be above 1P, which is more than any machine or volume has: give a smaller amount"
                                  }
                                ]
                              },
                              "memory": {
                                "description": "Memory, such as `256Mi`.",
                                "type": "string",
                                "maxLength": 24,
                                "x-kubernetes-validations": [
                                  {
                                    "rule": "isQuantity(self) && sign(quantity(self)) > 0",
                                    "message": "must be an amount above zero in Kubernetes notation, such as 500m, 512Mi or 10Gi"
                                  },
                                  {
                                    "rule": "!isQuantity(self) || quantity(self).compareTo(quantity('1P')) <= 0",
                                    "message": "must not be above 1P, which is more than any machine or volume has: give a smaller amount"
                                  }
                                ]
                              }
                            },
                            "x-kubernetes-validations": [
                              {
                                "rule": "has(self.cpu)",
                                "message": "give an amount of CPU, such as 200m, or leave resources out for the defaults",
                                "fieldPath": ".cpu",
                                "reason": "FieldValueRequired"
                              },
                              {
                                "rule": "has(self.memory)",
                                "message": "give an amount of memory, such as 256Mi, or leave resources out for the defaults",
                                "fieldPath": ".memory",
                                "reason": "FieldValueRequired"
                              }
                            ]
                          },
                          "limits": {
                            "description": "What the container may use at most; it is throttled (CPU) or killed (memory) above.",
                            "type": "object",
                            "properties": {
                              "cpu": {
                                "description": "CPU, such as `200m` (a fifth of a core) or `\"2\"`. A bare number needs quotes.",
                                "type": "string",
                                "maxLength": 24,
                                "x-kubernetes-validations": [
                                  {
                                    "rule": "isQuantity(self) && sign(quantity(self)) > 0",
                                    "message": "must be an amount above zero in Kubernetes notation, such as 500m, 512Mi or 10Gi"
                                  },
                                  {
                                    "rule": "!isQuantity(self) || quantity(self).compareTo(quantity('1P')) <= 0",
                                    "message": "must not be above 1P, which is more than any machine or volume has: give a smaller amount"
                                  }
                                ]
                              },
                              "memory": {
                                "description": "Memory, such as `256Mi`.",
                                "type": "string",
                                "maxLength": 24,
                                "x-kubernetes-validations": [
                                  {
                                    "rule": "isQuantity(self) && sign(quantity(self)) > 0",
                                    "message": "must be an amount above zero in Kubernetes notation, such as 500m, 512Mi or 10Gi"
                                  },
                                  {
                                    "rule": "!isQuantity(self) || quantity(self).compareTo(quantity('1P')) <= 0",
                                    "message": "must not be above 1P, which is more than any machine or volume has: give a smaller amount"
                                  }
                                ]
                              }
                            },
                            "x-kubernetes-validations": [
                              {
                                "rule": "has(self.cpu)",
                                "message": "give an amount of CPU, such as 200m, or leave resources out for the defaults",
                                "fieldPath": ".cpu",
                                "reason": "FieldValueRequired"
                              },
                              {
                                "rule": "has(self.memory)",
                                "message": "give an amount of memory, such as 256Mi, or leave resources out for the defaults",
                                "fieldPath": ".memory",
                                "reason": "FieldValueRequired"
                              }
                            ]
                          }
                        },
                        "x-kubernetes-validations": [
                          {
                            "rule": "has(self.requests)",
                            "message": "requests cannot be removed: give requests.cpu and requests.memory, or leave resources out for the defaults",
                            "fieldPath": ".requests",
                            "reason": "FieldValueRequired"
                          },
                          {
                            "rule": "has(self.limits)",
                            "message": "limits cannot be removed: give limits.cpu and limits.memory, or leave resources out for the defaults",
                            "fieldPath": ".limits",
                            "reason": "FieldValueRequired"
                          },
                          {
                            "rule": "!has(self.requests) || !has(self.limits) || !has(self.requests.cpu) || !has(self.limits.cpu) || !isQuantity(self.requests.cpu) || !isQuantity(self.limits.cpu) || quantity(self.requests.cpu).compareTo(quantity(self.limits.cpu)) <= 0",
                            "message": "requests.cpu is above limits.cpu: lower the request or raise the limit",
                            "fieldPath": ".requests.cpu"
                          },
                          {
                            "rule": "!has(self.requests) || !has(self.limits) || !has(self.requests.memory) || !has(self.limits.memory) || !isQuantity(self.requests.memory) || !isQuantity(self.limits.memory) || quantity(self.requests.memory).compareTo(quantity(self.limits.memory)) <= 0",
                            "message": "requests.memory is above limits.memory: lower the request or raise the limit",
                            "fieldPath": ".requests.memory"
                          }
                        ],
                        "default": {
                          "requests": {
                            "cpu": "200m",
                            "memory": "256Mi"
                          },
                          "limits": {
                            "cpu": "500m",
                            "memory": "512Mi"
                          }
                        }
                      },
                      "probes": {
                        "description": "Timing of the health checks.",
                        "type": "object",
                        "properties": {
                          "liveness": {
                            "description": "The probe that restarts a hung container.",
                            "type": "object",
                            "properties": {
                              "initialDelaySeconds": {
                                "description": "Seconds after the start before the first probe.",
                                "type": "integer",
                                "format": "int32",
                                "default": 30,
                                "minimum": 0,
                                "maximum": 600
                              },
                              "periodSeconds": {
                                "description": "Seconds between two probes.",
                                "type": "integer",
                                "format": "int32",
                                "default": 10,
                                "minimum": 1,
                                "maximum": 60
                              },
                              "timeoutSeconds": {
                                "description": "Seconds after which a probe counts as failed.",
                                "type": "integer",
                                "format": "int32",
                                "minimum": 1,
                                "x-kubernetes-validations": [
                                  {
                                    "rule": "self <= 5",
                                    "message": "must not be above 5 seconds: a slower probe hides a hung process; raise periodSeconds or failureThreshold instead"
                                  }
                                ],
                                "default": 5
                              },
                              "failureThreshold": {
                                "description": "Failed probes in a row before the container is restarted.",
                                "type": "integer",
                                "format": "int32",
                                "default": 3,
                                "minimum": 1,
                                "maximum": 10
                              }
                            },
                            "default": {}
                          },
                          "readiness": {
                            "description": "The probe that takes a pod out of its Services.",
                            "type": "object",
                            "properties": {
                              "initialDelaySeconds": {
                                "description": "Seconds after the start before the first probe.",
                                "type": "integer",
                                "format": "int32",
                                "default": 5,
                                "minimum": 0,
                                "maximum": 600
                              },
                              "periodSeconds": {
                                "description": "Seconds between two probes.",
                                "type": "integer",
                                "format": "int32",
                                "default": 5,
                                "minimum": 1,
                                "maximum": 60
                              },
                              "timeoutSeconds": {
                                "description": "Seconds after which a probe counts as failed.",
                                "type": "integer",
                                "format": "int32",
                                "minimum": 1,
                                "x-kubernetes-validations": [
                                  {
                                    "rule": "self <= 5",
                                    "message": "must not be above 5 seconds: a slower probe hides a hung process; raise periodSeconds or failureThreshold instead"
                                  }
                                ],
                                "default": 5
                              },
                              "failureThreshold": {
                                "description": "Failed probes in a row before the pod is taken out of its Services.",
                                "type": "integer",
                                "format": "int32",
                                "default": 3,
                                "minimum": 1,
                                "maximum": 10
                              }
                            },
                            "default": {}
                          }
                        },
                        "default": {}
                      }
                    },
                    "default": {}
                  },
                  "rabbitmq": {
                    "description": "The queue between the profile API and its worker.",
                    "type": "object",
                    "properties": {
                      "replicas": {
                        "description": "Nodes. With three, each queue has three copies, and what was acknowledged outlives the loss of one node.",
                        "type": "integer",
                        "format": "int32",
                        "enum": [
                          1,
                          3
                        ],
                        "default": 1,
                        "x-kubernetes-validations": [
                          {
                            "rule": "self >= oldSelf",
                            "message": "the number of nodes cannot be lowered once the platform exists, because queues would have copies on nodes that are gone, and no majority: put the old number back, or create another platform"
                          }
                        ]
                      },
                      "storage": {
                        "description": "Volume of queues and definitions.",
                        "type": "object",
                        "properties": {
                          "size": {
                            "description": "Size of the volume.",
                            "type": "string",
                            "maxLength": 24,
                            "x-kubernetes-validations": [
                              {
                                "rule": "isQuantity(self) && sign(quantity(self)) > 0",
                                "message": "must be an amount above zero in Kubernetes notation, such as 500m, 512Mi or 10Gi"
                              },
                              {
                                "rule": "!isQuantity(self) || quantity(self).compareTo(quantity('1P')) <= 0",
                                "message": "must not be above 1P, which is more than any machine or volume has: give a smaller amount"
                              },
                              {
                                "rule": "self == oldSelf",
                                "message": "the size cannot be changed once the platform exists: put the old size back, or create another platform"
                              }
                            ]
                          },
                          "storageClassName": {
                            "description": "StorageClass of the volume; the cluster's default when left out.",
                            "type": "string",
                            "minLength": 1,
                            "maxLength": 253,
                            "x-kubernetes-validations": [
                              {
                                "rule": "self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$')",
                                "message": "must be the name of a StorageClass, which has small letters, digits, '-' and '.' only: see kubectl get storageclasses"
                              },
                              {
                                "rule": "self == oldSelf",
                                "message": "the StorageClass cannot be changed once the platform exists: put the old one back, or create another platform"
                              }
                            ]
                          }
                        },
                        "x-kubernetes-validations": [
                          {
                            "rule": "has(self.size)",
                            "message": "give the size of the volume, such as 10Gi",
                            "fieldPath": ".size",
                            "reason": "FieldValueRequired"
                          },
                          {
                            "rule": "has(self.storageClassName) == has(oldSelf.storageClassName)",
                            "message": "storageClassName cannot be added or removed once the platform exists: put the old manifest back, or create another platform",
                            "fieldPath": ".storageClassName"
                          }
                        ],
                        "default": {
                          "size": "1Gi"
                        }
                      },
                      "resources": {
                        "description": "CPU and memory of the pod.",
                        "type": "object",
                        "properties": {
                          "requests": {
                            "description": "What the scheduler sets aside for the container.",
                            "type": "object",
                            "properties": {
                              "cpu": {
                                "description": "CPU, such as `200m` (a fifth of a core) or `\"2\"`. A bare number needs quotes.",
                                "type": "string",
                                "maxLength": 24,
                                "x-kubernetes-validations": [
                                  {
                                    "rule": "isQuantity(self) && sign(quantity(self)) > 0",
                                    "message": "must be an amount above zero in Kubernetes notation, such as 500m, 512Mi or 10Gi"
                                  },
                                  {
                                    "rule": "!isQuantity(self) || quantity(self).compareTo(quantity('1P')) <= 0",
                                    "message": "must not be above 1P, which is more than any machine or volume has: give a smaller amount"
                                  }
                                ]
                              },
                              "memory": {
                                "description": "Memory, such as `256Mi`.",
                                "type": "string",
                                "maxLength": 24,
                                "x-kubernetes-validations": [
                                  {
                                    "rule": "isQuantity(self) && sign(quantity(self)) > 0",
                                    "message": "must be an amount above zero in Kubernetes notation, such as 500m, 512Mi or 10Gi"
                                  },
                                  {
                                    "rule": "!isQuantity(self) || quantity(self).compareTo(quantity('1P')) <= 0",
                                    "message": "must not be above 1P, which is more than any machine or volume has: give a smaller amount"
                                  }
                                ]
                              }
                            },
                            "x-kubernetes-validations": [
                              {
                                "rule": "has(self.cpu)",
                                "message": "give an amount of CPU, such as 200m, or leave resources out for the defaults",
                                "fieldPath": ".cpu",
                                "reason": "FieldValueRequired"
                              },
                              {
                                "rule": "has(self.memory)",
                                "message": "give an amount of memory, such as 256Mi, or leave resources out for the defaults",
                                "fieldPath": ".memory",
                                "reason": "FieldValueRequired"
                              }
                            ]
                          },
                          "limits": {
                            "description": "What the container may use at most; it is throttled (CPU) or killed (memory) above.",
                            "type": "object",
                            "properties": {
                              "cpu": {
                                "description": "CPU, such as `200m` (a fifth of a core) or `\"2\"`. A bare number needs quotes.",
                                "type": "string",
                                "maxLength": 24,
                                "x-kubernetes-validations": [
                                  {
                                    "rule": "isQuantity(self) && sign(quantity(self)) > 0",
                                    "message": "must be an amount above zero in Kubernetes notation, such as 500m, 512Mi or 10Gi"
                                  },
                                  {
                                    "rule": "!isQuantity(self) || quantity(self).compareTo(quantity('1P')) <= 0",
                                    "message": "must not be above 1P, which is more than any machine or volume has: give a smaller amount"
                                  }
                                ]
                              },
                              "memory": {
                                "description": "Memory, such as `256Mi`.",
                                "type": "string",
                                "maxLength": 24,
                                "x-kubernetes-validations": [
                                  {
                                    "rule": "isQuantity(self) && sign(quantity(self)) > 0",
                                    "message": "must be an amount above zero in Kubernetes notation, such as 500m, 512Mi or 10Gi"
                                  },
                                  {
                                    "rule": "!isQuantity(self) || quantity(self).compareTo(quantity('1P')) <= 0",
                                    "message": "must not be above 1P, which is more than any machine or volume has: give a smaller amount"
                                  }
                                ]
                              }
                            },
                            "x-kubernetes-validations": [
                              {
                                "rule": "has(self.cpu)",
                                "message": "give an amount of CPU, such as 200m, or leave resources out for the defaults",
                                "fieldPath": ".cpu",
                                "reason": "FieldValueRequired"
                              },
                              {
                                "rule": "has(self.memory)",
                                "message": "give an amount of memory, such as 256Mi, or leave resources out for the defaults",
                                "fieldPath": ".memory",
                                "reason": "FieldValueRequired"
                              }
                            ]
                          }
                        },
                        "x-kubernetes-validations": [
                          {
                            "rule": "has(self.requests)",
                            "message": "requests cannot be removed: give requests.cpu and requests.memory, or leave resources out for the defaults",
                            "fieldPath": ".requests",
                            "reason": "FieldValueRequired"
                          },
                          {
                            "rule": "has(self.limits)",
                            "message": "limits cannot be removed: give limits.cpu and limits.memory, or leave resources out for the defaults",
                            "fieldPath": ".limits",
                            "reason": "FieldValueRequired"
                          },
                          {
                            "rule": "!has(self.requests) || !has(self.limits) || !has(self.requests.cpu) || !has(self.limits.cpu) || !isQuantity(self.requests.cpu) || !isQuantity(self.limits.cpu) || quantity(self.requests.cpu).compareTo(quantity(self.limits.cpu)) <= 0",
                            "message": "requests.cpu is above limits.cpu: lower the request or raise the limit",
                            "fieldPath": ".requests.cpu"
                          },
                          {
                            "rule": "!has(self.requests) || !has(self.limits) || !has(self.requests.memory) || !has(self.limits.memory) || !isQuantity(self.requests.memory) || !isQuantity(self.limits.memory) || quantity(self.requests.memory).compareTo(quantity(self.limits.memory)) <= 0",
                            "message": "requests.memory is above limits.memory: lower the request or raise the limit",
                            "fieldPath": ".requests.memory"
                          }
                        ],
                        "default": {
                          "requests": {
                            "cpu": "200m",
                            "memory": "256Mi"
                          },
                          "limits": {
                            "cpu": "500m",
                            "memory": "512Mi"
                          }
                        }
                      },
                      "probes": {
                        "description": "Timing of the health checks.",
                        "type": "object",
                        "properties": {
                          "liveness": {
                            "description": "The probe that restarts a hung container.",
                            "type": "object",
                            "properties": {
                              "initialDelaySeconds": {
                                "description": "Seconds after the start before the first probe.",
                                "type": "integer",
                                "format": "int32",
                                "default": 30,
                                "minimum": 0,
                                "maximum": 600
                              },
                              "periodSeconds": {
                                "description": "Seconds between two probes.",
                                "type": "integer",
                                "format": "int32",
                                "default": 10,
                                "minimum": 1,
                                "maximum": 60
                              },
                              "timeoutSeconds": {
                                "description": "Seconds after which a probe counts as failed.",
                                "type": "integer",
                                "format": "int32",
                                "minimum": 1,
                                "x-kubernetes-validations": [
                                  {
                                    "rule": "self <= 5",
                                    "message": "must not be above 5 seconds: a slower probe hides a hung process; raise periodSeconds or failureThreshold instead"
                                  }
                                ],
                                "default": 5
                              },
                              "failureThreshold": {
                                "description": "Failed probes in a row before the container is restarted.",
                                "type": "integer",
                                "format": "int32",
                                "default": 3,
                                "minimum": 1,
                                "maximum": 10
                              }
                            },
                            "default": {}
                          },
                          "readiness": {
                            "description": "The probe that takes a pod out of its Services.",
                            "type": "object",
                            "properties": {
                              "initialDelaySeconds": {
                                "description": "Seconds after the start before the first probe.",
                                "type": "integer",
                                "format": "int32",
                                "default": 5,
                                "minimum": 0,
                                "maximum": 600
                              },
                              "periodSeconds": {
                                "description": "Seconds between two probes.",
                                "type": "integer",
                                "format": "int32",
                                "default": 5,
                                "minimum": 1,
                                "maximum": 60
                              },
                              "timeoutSeconds": {
                                "description": "Seconds after which a probe counts as failed.",
                                "type": "integer",
                                "format": "int32",
                                "minimum": 1,
                                "x-kubernetes-validations": [
                                  {
                                    "rule": "self <= 5",
                                    "message": "must not be above 5 seconds: a slower probe hides a hung process; raise periodSeconds or failureThreshold instead"
                                  }
                                ],
                                "default": 5
                              },
                              "failureThreshold": {
                                "description": "Failed probes in a row before the pod is taken out of its Services.",
                                "type": "integer",
                                "format": "int32",
                                "default": 3,
                                "minimum": 1,
                                "maximum": 10
                              }
                            },
                            "default": {}
                          }
                        },
                        "default": {}
                      }
                    },
                    "default": {}
                  },
                  "auth": {
                    "description": "Who issues the tokens that the profile API asks for.",
                    "type": "object",
                    "properties": {
                      "embedded": {
                        "description": "The issuer that the operator keeps by itself. It has no effect while `oidc` is set.",
                        "type": "object",
                        "properties": {
                          "keyRotation": {
                            "description": "When the keys are replaced.",
                            "type": "object",
                            "properties": {
                              "interval": {
                                "description": "How old the newest key gets before the next one is made. The next one signs five minutes later, when every server knows it; a day after that, when no token of the old key can live any more, the old key goes.",
                                "type": "string",
                                "maxLength": 12,
                                "x-kubernetes-validations": [
                                  {
                                    "rule": "self.matches('^[1-9][0-9]{0,8}(s|m|h)$')",
                                    "message": "must be a whole number above zero and a unit (s, m or h), such as 90s, 15m or 24h"
                                  },
                                  {
                                    "rule": "!self.matches('^[1-9][0-9]{0,8}(s|m|h)$') || ((self.endsWith('h') ? self.size() <= 6 : self.size() <= 8) && duration(self) >= duration('1h'))",
                                    "message": "must be from 1h to 99999h: give a length of time in between, such as 720h"
                                  }
                                ],
                                "default": "720h"
                              }
                            },
                            "default": {}
                          },
                          "maxTokenLifetime": {
                            "description": "The longest life of a token that `profileplatform token` signs.",
                            "type": "string",
                            "maxLength": 12,
                            "x-kubernetes-validations": [
                              {
                                "rule": "self.matches('^[1-9][0-9]{0,8}(s|m|h)$')",
                                "message": "must be a whole number above zero and a unit (s, m or h), such as 90s, 15m or 24h"
                              },
                              {
                                "rule": "!self.matches('^[1-9][0-9]{0,8}(s|m|h)$') || (self.size() <= 6 && duration(self) >= duration('1m') && duration(self) <= duration('24h'))",
                                "message": "must be from 1m to 24h: give a length of time in between, such as 8h, and let people get a new token more often, or use an OIDC issuer"
                              }
                            ],
                            "default": "24h"
                          }
                        },
                        "default": {}
                      },
                      "oidc": {
                        "description": "An issuer of the company's own; the embedded one when left out. The two may be exchanged at any time.",
                        "type": "object",
                        "properties": {
                          "issuerURL": {
                            "description": "URL of the issuer, letter for letter as its tokens name it (`iss`). Its configuration is read from `/.well-known/openid-configuration` below it. The profile API may open connections to its port, wherever that leads; with a Service of this cluster, to the pods of its namespace instead. Its keys have to be within the same reach.",
                            "type": "string",
                            "maxLength": 512,
                            "x-kubernetes-validations": [
                              {
                                "rule": "self.matches('^https?://[a-zA-Z0-9]([-a-zA-Z0-9.]*[a-zA-Z0-9])?(:([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?(/[!$->@-~]*)?$')",
                                "message": "must be the URL of an issuer as its tokens name it, without user, query and fragment, such as https://id.example.com/realms/main"
                              },
                              {
                                "rule": "!self.startsWith('http://') || self.matches('^http://[-a-zA-Z0-9]+[.][-a-zA-Z0-9]+[.]svc[.]cluster[.]local(:[0-9]+)?(/.*)?$')",
                                "message": "must begin with https://, because whoever can change its answers on the way could make tokens; http:// is for Services of this cluster alone, by their full name such as http://keycloak.identity.svc.cluster.local"
                              }
                            ]
                          },
                          "audience": {
                            "description": "What tokens for this platform name as their audience (`aud`).",
                            "type": "string",
                            "default": "profile-platform",
                            "maxLength": 256,
                            "x-kubernetes-validations": [
                              {
                                "rule": "self.matches('^[!-~]+$')",
                                "message": "must be letters, digits and signs without spaces, as in the tokens' aud: give such a text, or leave it out for profile-platform"
                              }
                            ]
                          },
                          "rolesClaim": {
                            "description": "Claim that holds the roles `viewer`, `editor` and `admin`: a list of texts, or one text with spaces between. Dots lead into claims, as in `realm_access.roles`.",
                            "type": "string",
                            "default": "roles",
                            "maxLength": 256,
                            "x-kubernetes-validations": [
                              {
                                "rule": "self.matches('^[!--/-~]+([.][!--/-~]+)*$')",
                                "message": "must be the name of a claim, with dots that lead into it, such as roles or realm_access.roles"
                              }
                            ]
                          },
                          "caConfigMap": {
                            "description": "A ConfigMap in the namespace of the server layer, whose key `ca.crt` holds the certificate authorities that the issuer's certificate is checked against, beside the well-known ones. The servers wait for it, and read it when they start.",
                            "type": "string",
                            "maxLength": 253,
                            "x-kubernetes-validations": [
                              {
                                "rule": "self.matches('^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$')",
                                "message": "must be the name of a ConfigMap in the namespace of the server layer, of small letters, digits, '-' and '.', such as company-ca"
                              }
                            ]
                          }
                        },
                        "x-kubernetes-validations": [
                          {
                            "rule": "has(self.issuerURL)",
                            "message": "give the URL of the issuer, such as https://id.example.com/realms/main, or remove oidc for the embedded issuer",
                            "fieldPath": ".issuerURL",
                            "reason": "FieldValueRequired"
                          }
                        ]
                      }
                    },
                    "default": {}
                  },
                  "observability": {
                    "description": "How the platform can be watched at work.",
                    "type": "object",
                    "properties": {
                      "tracing": {
                        "description": "Traces of requests and tasks; none are recorded when left out.",
                        "type": "object",
                        "properties": {
                          "endpoint": {
                            "description": "Where the collector takes OTLP over HTTP; `/v1/traces` is added. The profile API and the worker may open connections to its port, wherever that leads; with a Service of this cluster, by its full name, to the pods of its namespace instead.",
                            "type": "string",
                            "maxLength": 512,
                            "x-kubernetes-validations": [
                              {
                                "rule": "self.matches('^https?://(([a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?[.])*[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?|((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])[.]){3}(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9]))(:([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?(/[!$->@-~]*)?$')",
                                "message": "must be an address without user, query and fragment, such as https://cdn.example.com"
                              }
                            ]
                          },
                          "headersSecret": {
                            "description": "A Secret in the namespace of the server layer, whose key `OTEL_EXPORTER_OTLP_HEADERS` holds headers for the collector, such as `authorization=Bearer%20token,x-tenant=demo`: values are encoded as in URLs. The profile API and the worker wait for it, and read it when they start. With an `http://` address, whoever listens on the way reads them as well.",
                            "type": "string",
                            "maxLength": 253,
                            "x-kubernetes-validations": [
                              {
                                "rule": "self.matches('^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$')",
                                "message": "must be the name of a Secret in the namespace of the server layer, of small letters, digits, '-' and '.', such as otlp-headers"
                              }
                            ]
                          },
                          "sampling": {
                            "description": "Which requests are recorded.",
                            "type": "object",
                            "properties": {
                              "ratePerMillion": {
                                "description": "How many of a million traces are recorded: `100000` is a tenth.",
                                "type": "integer",
                                "format": "int32",
                                "default": 1000000,
                                "minimum": 0,
                                "maximum": 1000000
                              },
                              "parentBased": {
                                "description": "Whether it is left to clients for the traces that they have begun: what a client records is recorded here too, and what it does not is not, whatever `ratePerMillion` says. Where clients are not trusted, `false`.",
                                "type": "boolean",
                                "default": true
                              }
                            },
                            "default": {}
                          },
                          "compression": {
                            "description": "How what is sent is compressed. `gzip` takes more of the processor, and less of the network.",
                            "type": "string",
                            "enum": [
                              "none",
                              "gzip"
                            ],
                            "default": "none"
                          },
                          "timeout": {
                            "description": "How long the collector may take for a batch, attempts included, before its spans are dropped.",
                            "type": "string",
                            "maxLength": 12,
                            "x-kubernetes-validations": [
                              {
                                "rule": "self.matches('^[1-9][0-9]{0,8}(ms|s)$')",
                                "message": "must be a whole number above zero and a unit (ms or s), such as 250ms or 2s"
                              },
                              {
                                "rule": "!self.matches('^[1-9][0-9]{0,8}(ms|s)$') || (duration(self) >= duration('100ms') && duration(self) <= duration('60s'))",
                                "message": "must be from 100ms to 60s: give a length of time in between, such as 10s"
                              }
                            ],
                            "default": "10s"
                          },
                          "queueLength": {
                            "description": "Spans that one pod keeps for a collector that is slow or away; those beyond are dropped. Each takes 1 KB.",
                            "type": "integer",
                            "format": "int32",
                            "default": 2048,
                            "minimum": 1,
                            "maximum": 65536
                          },
                          "batchSize": {
                            "description": "Spans that are sent at once, at most.",
                            "type": "integer",
                            "format": "int32",
                            "default": 512,
                            "minimum": 1,
                            "maximum": 8192
                          },
                          "resourceAttributes": {
                            "description": "What is said of this platform in each of its traces, beside `service.name` and `k8s.namespace.name`, such as `deployment.environment.name: production`.",
                            "type": "object",
                            "additionalProperties": {
                              "description": "Value of an attribute, such as `production`.",
                              "type": "string",
                              "maxLength": 256,
                              "x-kubernetes-validations": [
                                {
                                  "rule": "self.matches('^[!-~]([ -~]*[!-~])?$')",
                                  "message": "must be letters, digits and signs of ASCII, with spaces between them at most, such as production"
                                }
                              ]
                            },
                            "maxProperties": 16,
                            "x-kubernetes-validations": [
                              {
                                "rule": "self.all(name, name.matches('^[a-z][a-z0-9_.-]{0,127}$'))",
                                "message": "an attribute's name has small letters, digits, '_', '.' and '-' only, such as deployment.environment.name"
                              },
                              {
                                "rule": "self.all(name, !(name in ['service.name', 'service.namespace', 'service.instance.id', 'host.name', 'k8s.namespace.name']))",
                                "message": "must not set service.name, service.namespace, service.instance.id, host.name or k8s.namespace.name, which tell the platform's pods apart: remove it",
                                "reason": "FieldValueForbidden"
                              }
                            ]
                          }
                        },
                        "x-kubernetes-validations": [
                          {
                            "rule": "has(self.endpoint)",
                            "message": "give the address of the collector, such as http://otel-collector.observability-layer.svc.cluster.local:4318, or remove tracing to record nothing",
                            "fieldPath": ".endpoint",
                            "reason": "FieldValueRequired"
                          },
                          {
                            "rule": "!has(self.batchSize) || !has(self.queueLength) || self.batchSize <= self.queueLength",
                            "message": "batchSize is above queueLength: lower the one or raise the other",
                            "fieldPath": ".batchSize"
                          }
                        ]
                      }
                    },
                    "default": {}
                  }
                },
                "default": {}
              },
              "status": {
                "description": "What the operator observed.",
                "type": "object",
                "properties": {
                  "observedGeneration": {
                    "description": "`metadata.generation` that this status was made for.",
                    "type": "integer",
                    "format": "int64",
                    "minimum": 0
                  },
                  "conditions": {
                    "description": "Observations: `Ready` sums up the others.",
                    "type": "array",
                    "items": {
                      "description": "One observation of the platform, in the form of metav1.Condition.",
                      "type": "object",
                      "properties": {
                        "type": {
                          "description": "What is observed: `Ready`, `Applied`, `Healthy`, `Reconciling`, `Stalled`, one for each layer such as `DataLayerReady`, with backups `BackupHealthy` and `ArchivingHealthy`, and while it is so `ConnectionsOvercommitted`, `Paused` and `FieldsContested`.",
                          "type": "string",
                          "minLength": 1,
                          "maxLength": 316
                        },
                        "status": {
                          "description": "Whether it is so.",
                          "type": "string",
                          "enum": [
                            "True",
                            "False",
                            "Unknown"
                          ]
                        },
                        "observedGeneration": {
                          "description": "`metadata.generation` that the observation was made for.",
                          "type": "integer",
                          "format": "int64",
                          "minimum": 0
                        },
                        "lastTransitionTime": {
                          "description": "When `status` last changed.",
                          "type": "string",
                          "format": "date-time"
                        },
                        "reason": {
                          "description": "Why, in one CamelCase word.",
                          "type": "string",
                          "minLength": 1,
                          "maxLength": 1024,
                          "pattern": "^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$"
                        },
                        "message": {
                          "description": "Why, in a sentence that names what is awaited or what to do.",
                          "type": "string",
                          "maxLength": 32768
                        }
                      },
                      "required": [
                        "type",
                        "status",
                        "lastTransitionTime",
                        "reason",
                        "message"
                      ]
                    },
                    "x-kubernetes-list-type": "map",
                    "x-kubernetes-list-map-keys": [
                      "type"
                    ]
                  },
                  "componentsReady": {
                    "description": "Ready components of all, such as `8/8`.",
                    "type": "string"
                  },
                  "components": {
                    "description": "Each component, in the order in which they are applied.",
                    "type": "array",
                    "items": {
                      "description": "The state of one component.",
                      "type": "object",
                      "properties": {
                        "name": {
                          "description": "Name of the component, such as `server`.",
                          "type": "string"
                        },
                        "layer": {
                          "description": "Layer that the component stands in, such as `server-layer`.",
                          "type": "string"
                        },
                        "state": {
                          "description": "Whether all of it is ready.",
                          "type": "string",
                          "enum": [
                            "Ready",
                            "Progressing",
                            "Waiting",
                            "Failed"
                          ]
                        },
                        "ready": {
                          "description": "Ready parts of wanted parts, such as `3/3`.",
                          "type": "string"
                        },
                        "message": {
                          "description": "What is awaited or wrong; empty when ready.",
                          "type": "string"
                        }
                      },
                      "required": [
                        "name",
                        "layer",
                        "state",
                        "ready",
                        "message"
                      ]
                    },
                    "x-kubernetes-list-type": "map",
                    "x-kubernetes-list-map-keys": [
                      "name"
                    ]
                  },
                  "endpoints": {
                    "description": "Addresses inside the cluster by component, such as `server: http://server.server-layer.svc.cluster.local:8080`.",
                    "type": "object",
                    "additionalProperties": {
                      "type": "string"
                    }
                  },
                  "server": {
                    "description": "The profile API, as the scale subresource reads it.",
                    "type": "object",
                    "properties": {
                      "replicas": {
                        "description": "Pods of the profile API that exist.",
                        "type": "integer",
                        "format": "int32",
                        "minimum": 0
                      },
                      "selector": {
                        "description": "Label selector of those pods, in its text form.",
                        "type": "string"
                      }
                    },
                    "required": [
                      "replicas",
                      "selector"
                    ]
                  },
                  "postgresql": {
                    "description": "The database.",
                    "type": "object",
                    "properties": {
                      "primary": {
                        "description": "Pod that is the primary now.",
                        "type": "string"
                      },
                      "replicas": {
                        "description": "Pods that follow the primary.",
                        "type": "array",
                        "items": {
                          "type": "string"
                        }
                      },
                      "lastBackup": {
                        "description": "The last backup that succeeded.",
                        "type": "object",
                        "properties": {
                          "name": {
                            "description": "Name of the PlatformBackup.",
                            "type": "string"
                          },
                          "label": {
                            "description": "pgBackRest's name of it.",
                            "type": "string"
                          },
                          "type": {
                            "description": "What was copied.",
                            "type": "string",
                            "enum": [
                              "full",
                              "differential",
                              "incremental"
                            ]
                          },
                          "finishedAt": {
                            "description": "When it ended.",
                            "type": "string",
                            "format": "date-time"
                          },
                          "sizeBytes": {
                            "description": "Bytes of the database that it restores.",
                            "type": "integer",
                            "format": "int64",
                            "minimum": 0
                          },
                          "repositorySizeBytes": {
                            "description": "Bytes that it takes in the repository.",
                            "type": "integer",
                            "format": "int64",
                            "minimum": 0
                          }
                        },
                        "required": [
                          "name",
                          "label",
                          "type",
                          "finishedAt",
                          "sizeBytes",
                          "repositorySizeBytes"
                        ]
                      },
                      "recoverableFrom": {
                        "description": "The earliest time that can be restored: the end of the oldest backup that is kept.",
                        "type": "string",
                        "format": "date-time"
                      },
                      "archiveFailures": {
                        "description": "How often archiving a file of the write-ahead log has failed since the primary's statistics began. Only with backups.",
                        "type": "integer",
                        "format": "int64",
                        "minimum": 0
                      },
                      "maxConnections": {
                        "description": "Connections that each instance accepts. It was decided when the database was made.",
                        "type": "integer",
                        "format": "int32",
                        "minimum": 0
                      },
                      "peakConnections": {
                        "description": "Connections to the primary that everything of the platform together may open at the same time.",
                        "type": "integer",
                        "format": "int32",
                        "minimum": 0
                      }
                    }
                  },
                  "rolledOutGeneration": {
                    "description": "`metadata.generation` whose workloads were all applied last. What the operator changes after that was not asked for by a change of the spec, and restarts the pods of one platform at a time.",
                    "type": "integer",
                    "format": "int64",
                    "minimum": 0
                  },
                  "turn": {
                    "description": "The platform's turn to be upgraded, while it has it.",
                    "type": "object",
                    "properties": {
                      "since": {
                        "description": "When it began.",
                        "type": "string",
                        "format": "date-time"
                      },
                      "until": {
                        "description": "When the next platform gets it, even if this one is not Ready by then.",
                        "type": "string",
                        "format": "date-time"
                      }
                    },
                    "required": [
                      "since",
                      "until"
                    ]
                  }
                }
              }
            }
          }
        }
      }
    ]
  }
};

/** The CustomResourceDefinition of PlatformBackup, for what needs the schema without a cluster. */
export const platformBackupDefinition: CustomResourceDefinition = {
  "apiVersion": "apiextensions.k8s.io/v1",
  "kind": "CustomResourceDefinition",
  "metadata": {
    "name": "platformbackups.profileplatform.io"
  },
  "spec": {
    "group": "profileplatform.io",
    "names": {
      "kind": "PlatformBackup",
      "listKind": "PlatformBackupList",
      "plural": "platformbackups",
      "singular": "platformbackup",
      "shortNames": [
        "pb"
      ]
    },
    "scope": "Cluster",
    "versions": [
      {
        "name": "v1alpha1",
        "served": true,
        "storage": true,
        "additionalPrinterColumns": [
          {
            "name": "Platform",
            "type": "string",
            "jsonPath": ".spec.platform"
          },
          {
            "name": "Type",
            "type": "string",
            "jsonPath": ".spec.type"
          },
          {
            "name": "Phase",
            "type": "string",
            "jsonPath": ".status.phase",
            "description": "How far it has come"
          },
          {
            "name": "Size",
            "type": "integer",
            "jsonPath": ".status.sizeBytes",
            "description": "Bytes of the database"
          },
          {
            "name": "Age",
            "type": "date",
            "jsonPath": ".metadata.creationTimestamp"
          },
          {
            "name": "Message",
            "type": "string",
            "jsonPath": ".status.message",
            "description": "What is awaited or wrong",
            "priority": 1
          }
        ],
        "subresources": {
          "status": {}
        },
        "schema": {
          "openAPIV3Schema": {
            "description": "One backup of a platform's PostgreSQL. The operator makes one whenever the schedule says so; anybody may make more with `kubectl create` or `profileplatform backup`. It goes when pgBackRest has removed what it stands for; deleting it removes nothing from the repository.",
            "type": "object",
            "properties": {
              "apiVersion": {
                "description": "Group and version of the API that the object is written for.",
                "type": "string"
              },
              "kind": {
                "description": "What the object is.",
                "type": "string"
              },
              "metadata": {
                "type": "object",
                "properties": {
                  "name": {
                    "description": "Name of the backup. Those of the schedule have the platform's name and their minute.",
                    "type": "string"
                  }
                }
              },
              "spec": {
                "description": "What to copy. It cannot be changed.",
                "type": "object",
                "properties": {
                  "platform": {
                    "description": "Name of the ProfilePlatform whose PostgreSQL is copied.",
                    "type": "string",
                    "minLength": 1,
                    "maxLength": 50
                  },
                  "type": {
                    "description": "`full`: everything. `differential`: what has changed since the last full one. `incremental`: what has changed since the last one of any type. pgBackRest makes a full one where there is none to build on.",
                    "type": "string",
                    "enum": [
                      "full",
                      "differential",
                      "incremental"
                    ],
                    "default": "full"
                  }
                },
                "required": [
                  "platform"
                ],
                "x-kubernetes-validations": [
                  {
                    "rule": "self == oldSelf",
                    "message": "cannot be changed, because the backup may have been made by now: create another one"
                  }
                ]
              },
              "status": {
                "description": "What the operator observed.",
                "type": "object",
                "properties": {
                  "phase": {
                    "description": "`Pending`: it waits for another one, or for the repository.",
                    "type": "string",
                    "enum": [
                      "Pending",
                      "Running",
                      "Succeeded",
                      "Failed"
                    ]
                  },
                  "message": {
                    "description": "What is awaited, or why it failed and what to do.",
                    "type": "string"
                  },
                  "job": {
                    "description": "The Job that carries it out, `namespace/name`: its pods' logs are pgBackRest's.",
                    "type": "string"
                  },
                  "startedAt": {
                    "description": "When it was begun.",
                    "type": "string",
                    "format": "date-time"
                  },
                  "finishedAt": {
                    "description": "When it ended.",
                    "type": "string",
                    "format": "date-time"
                  },
                  "label": {
                    "description": "pgBackRest's name of it, by which it is restored.",
                    "type": "string"
                  },
                  "type": {
                    "description": "What was made, which is a full one where there was none to build on.",
                    "type": "string",
                    "enum": [
                      "full",
                      "differential",
                      "incremental"
                    ]
                  },
                  "sizeBytes": {
                    "description": "Bytes of the database that it restores.",
                    "type": "integer",
                    "format": "int64",
                    "minimum": 0
                  },
                  "repositorySizeBytes": {
                    "description": "Bytes that it takes in the repository, compressed and encrypted, without what it builds on.",
                    "type": "integer",
                    "format": "int64",
                    "minimum": 0
                  },
                  "walStart": {
                    "description": "First file of the write-ahead log that restoring it needs.",
                    "type": "string"
                  },
                  "walStop": {
                    "description": "Last file of the write-ahead log that restoring it needs.",
                    "type": "string"
                  },
                  "recoverableFrom": {
                    "description": "End of the oldest backup that the repository held when this one ended: restoring is possible to any time since.",
                    "type": "string",
                    "format": "date-time"
                  },
                  "conditions": {
                    "description": "Observations: `Complete`, which is True when it has succeeded and False when it has failed.",
                    "type": "array",
                    "items": {
                      "description": "One observation of the platform, in the form of metav1.Condition.",
                      "type": "object",
                      "properties": {
                        "type": {
                          "description": "What is observed: `Ready`, `Applied`, `Healthy`, `Reconciling`, `Stalled`, one for each layer such as `DataLayerReady`, with backups `BackupHealthy` and `ArchivingHealthy`, and while it is so `ConnectionsOvercommitted`, `Paused` and `FieldsContested`.",
                          "type": "string",
                          "minLength": 1,
                          "maxLength": 316
                        },
                        "status": {
                          "description": "Whether it is so.",
                          "type": "string",
                          "enum": [
                            "True",
                            "False",
                            "Unknown"
                          ]
                        },
                        "observedGeneration": {
                          "description": "`metadata.generation` that the observation was made for.",
                          "type": "integer",
                          "format": "int64",
                          "minimum": 0
                        },
                        "lastTransitionTime": {
                          "description": "When `status` last changed.",
                          "type": "string",
                          "format": "date-time"
                        },
                        "reason": {
                          "description": "Why, in one CamelCase word.",
                          "type": "string",
                          "minLength": 1,
                          "maxLength": 1024,
                          "pattern": "^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$"
                        },
                        "message": {
                          "description": "Why, in a sentence that names what is awaited or what to do.",
                          "type": "string",
                          "maxLength": 32768
                        }
                      },
                      "required": [
                        "type",
                        "status",
                        "lastTransitionTime",
                        "reason",
                        "message"
                      ]
                    },
                    "x-kubernetes-list-type": "map",
                    "x-kubernetes-list-map-keys": [
                      "type"
                    ]
                  }
                }
              }
            },
            "required": [
              "spec"
            ]
          }
        }
      }
    ]
  }
};
