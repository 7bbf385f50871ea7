/**
 * What a message says, as templates of Alertmanager: by e-mail in its subject only, as the e-mail that Alertmanager itself writes lists everything; in Slack all of it, as there
 * Alertmanager would write the labels alone.
 * @see https://prometheus.io/docs/alerting/latest/notifications/
 */
export function messageOf(environment: string) {
  const about = '{{ with .CommonLabels.system }} {{ . }}{{ end }}{{ with .CommonLabels.service }} {{ . }}{{ end }}';
  const state =
    '{{ if eq .Status "firing" }}{{ .CommonLabels.severity | toUpper }} ({{ .Alerts.Firing | len }}){{ else }}RESOLVED{{ end }}';
  return {
    title: `${state} {{ .GroupLabels.alertname }}${about} [${environment}]`,
    text: [
      '{{ range .Alerts -}}',
      '{{ if eq .Status "resolved" }}Resolved: {{ end }}*{{ .Annotations.summary }}*',
      '{{ .Annotations.description }}',
      '{{ with .Annotations.runbook_url }}Runbook: {{ . }}{{ end }}',
      '{{ with .Annotations.dashboard_url }}Dashboard: {{ . }}{{ end }}',
      '{{ end }}',
    ].join('\n'),
    color:
      '{{ if ne .Status "firing" }}good{{ else if eq .CommonLabels.severity "critical" }}danger{{ else }}warning{{ end }}',
  };
}
