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
