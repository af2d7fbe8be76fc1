/** What the walkthrough opens: a policy with one mistake to mend. */
export const examplePolicy = `# Point at a word to learn what it means here.
# The underlined line is refused by the API server: press Ctrl+. (Cmd+. on macOS) on it and take the fix.
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: allow-frontend-to-backend
  namespace: shop
spec:
  podSelector:
    matchLabels:
      app: backend
  policyTypes:
    - Ingress
  ingress:
    - from:
        - podSelector:
            matchLabels:
              app: frontend
  ports:
    - port: 8080
`;
