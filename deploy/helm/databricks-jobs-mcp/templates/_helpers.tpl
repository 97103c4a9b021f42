{{- define "mcp.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "mcp.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else if contains (include "mcp.name" .) .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "mcp.name" .) | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "mcp.selectorLabels" -}}
app.kubernetes.io/name: {{ include "mcp.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "mcp.labels" -}}
{{ include "mcp.selectorLabels" . }}
app.kubernetes.io/version: {{ .Values.image.tag | default .Chart.AppVersion | trunc 63 | quote }}
app.kubernetes.io/component: server
app.kubernetes.io/part-of: databricks-jobs-mcp
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- end -}}

{{- define "mcp.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "mcp.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- required "serviceAccount.name: name the service account, or let the chart create one" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "mcp.image" -}}
{{- $repository := required "image.repository: where the image is, such as myregistry.azurecr.io/databricks-jobs-mcp" .Values.image.repository -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" $repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" $repository (.Values.image.tag | default .Chart.AppVersion) -}}
{{- end -}}
{{- end -}}

{{- define "mcp.baseUrl" -}}
{{- $url := required "baseUrl: what users type, without /mcp, such as https://jobs-mcp.example.com" .Values.baseUrl -}}
{{- if not (regexMatch "^https://[a-z0-9.-]+(:[0-9]+)?$" $url) -}}
{{- fail (printf "baseUrl: '%s' must be https://HOST in lower case, without /mcp and without a slash at the end" $url) -}}
{{- end -}}
{{- $url -}}
{{- end -}}

{{- define "mcp.host" -}}
{{- index (splitList ":" (trimPrefix "https://" (include "mcp.baseUrl" .))) 0 -}}
{{- end -}}

{{- define "mcp.usesWorkloadIdentity" -}}
{{- if eq .Values.credential.mode "workloadIdentity" }}true{{ end -}}
{{- end -}}

{{- define "mcp.existingSecret" -}}
{{- required (printf "credential.existingSecret: the mode '%s' wants the name of a secret that you made" .Values.credential.mode) .Values.credential.existingSecret -}}
{{- end -}}

{{/* How a health route of the operators' listener is asked: over the network, or from inside where that one is on loopback. */}}
{{- define "mcp.probe" -}}
{{- $values := (index . 0).Values -}}
{{- $route := index . 1 -}}
{{- if $values.metrics.enabled -}}
httpGet:
  path: /{{ $route }}
  port: metrics
{{- else -}}
exec:
  command: [/usr/bin/databricks-jobs-mcp, healthcheck{{ if eq $route "readyz" }}, --ready{{ end }}]
{{- end -}}
{{- end -}}
