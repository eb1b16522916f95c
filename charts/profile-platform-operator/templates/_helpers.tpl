{{/* Every object of the chart has this name: a cluster has one operator. */}}
{{- define "operator.name" -}}
profile-platform-operator
{{- end }}

{{/* Labels that find the pods. They can never change. */}}
{{- define "operator.selectorLabels" -}}
app.kubernetes.io/name: {{ include "operator.name" . }}
app.kubernetes.io/component: operator
{{- end }}

{{/* Labels of every object. app.kubernetes.io/managed-by is Helm's here: objects with the operator's own value belong
to platforms. */}}
{{- define "operator.labels" -}}
{{ include "operator.selectorLabels" . }}
app.kubernetes.io/part-of: profile-platform
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "operator.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{/* Mebibytes of the JavaScript heap: what the limit of memory leaves beside the program itself and its buffers. */}}
{{- define "operator.heapSize" -}}
{{- $memory := .Values.resources.limits.memory -}}
{{- $text := kindIs "string" $memory | ternary (toString $memory) (int64 $memory | toString) -}}
{{- $number := regexFind "^[0-9.]+" $text -}}
{{- $units := dict "" 1 "m" 0.001 "k" 1e3 "M" 1e6 "G" 1e9 "Ki" 1024 "Mi" 1048576 "Gi" 1073741824 -}}
{{- $bytes := mulf (float64 $number) (get $units (trimPrefix $number $text)) -}}
{{- subf (divf $bytes 1048576) 96 | floor | int | max 64 -}}
{{- end }}
