"""The Kubernetes manifests: shape, references between objects, and the restricted pod standard."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

KINDS = {
    "Namespace": "v1",
    "ServiceAccount": "v1",
    "ConfigMap": "v1",
    "Service": "v1",
    "Deployment": "apps/v1",
    "Job": "batch/v1",
    "NetworkPolicy": "networking.k8s.io/v1",
    "PodDisruptionBudget": "policy/v1",
}
# The keys of the API that the manifests use; a misspelt one would be dropped without a word by some clusters.
POD_KEYS = {
    "serviceAccountName",
    "automountServiceAccountToken",
    "enableServiceLinks",
    "securityContext",
    "terminationGracePeriodSeconds",
    "restartPolicy",
    "containers",
    "volumes",
}
CONTAINER_KEYS = {
    "name",
    "image",
    "command",
    "ports",
    "envFrom",
    "env",
    "startupProbe",
    "readinessProbe",
    "livenessProbe",
    "resources",
    "securityContext",
    "volumeMounts",
}
PROBE_KEYS = {"httpGet", "periodSeconds", "timeoutSeconds", "failureThreshold"}


def workloads(manifests: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    yield from (found for found in manifests if found["kind"] in ("Deployment", "Job"))


def pods(manifests: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    yield from (found["spec"]["template"]["spec"] for found in workloads(manifests))


def containers(manifests: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    yield from (container for pod in pods(manifests) for container in pod["containers"])


def named(manifests: list[dict[str, Any]], kind: str) -> set[str]:
    return {found["metadata"]["name"] for found in manifests if found["kind"] == kind}


def test_every_object_has_its_kind_version_and_a_name_of_its_own(manifests: list[dict[str, Any]]) -> None:
    assert all(KINDS[found["kind"]] == found["apiVersion"] for found in manifests)
    names = [(found["kind"], found["metadata"]["name"]) for found in manifests]
    assert len(names) == len(set(names))


def test_objects_are_valid_by_the_published_schemas(manifests: list[dict[str, Any]]) -> None:
    kubernetes_validate = pytest.importorskip(
        "kubernetes_validate", reason="pip install kubernetes-validate (17,000 files) for the published schemas"
    )
    for found in manifests:
        kubernetes_validate.validate(found, "1.36", strict=True)


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="needs kubectl")
def test_kustomize_builds_every_object_into_the_namespace(deploy: Path, manifests: list[dict[str, Any]]) -> None:
    built = subprocess.run(
        ["kubectl", "kustomize", str(deploy / "kubernetes")], capture_output=True, check=True, timeout=60
    )
    objects = list(yaml.safe_load_all(built.stdout))

    assert len(objects) == len(manifests)
    assert all(found["metadata"].get("namespace", "fangzhi") == "fangzhi" for found in objects)
    images = {container["image"] for container in containers(objects)}
    assert images == {"registry.example.org/fangzhi:0.1.0"}


def test_pods_containers_and_probes_have_only_known_keys(manifests: list[dict[str, Any]]) -> None:
    for pod in pods(manifests):
        assert set(pod) <= POD_KEYS
    for container in containers(manifests):
        assert set(container) <= CONTAINER_KEYS
        for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
            assert set(container.get(probe, {})) <= PROBE_KEYS


def test_selectors_match_the_pods_they_are_for(manifests: list[dict[str, Any]]) -> None:
    labels = [found["spec"]["template"]["metadata"]["labels"] for found in workloads(manifests)]
    for found in manifests:
        selector = found.get("spec", {}).get("selector", {})
        wanted = selector.get("matchLabels", selector if found["kind"] == "Service" else None)
        if wanted:
            assert any(wanted.items() <= each.items() for each in labels)
    allowed = {
        value
        for found in manifests
        if found["kind"] == "NetworkPolicy"
        for rule in found["spec"].get("ingress", [])
        for peer in rule["from"]
        for value in peer["podSelector"]["matchExpressions"][0]["values"]
    }
    assert allowed <= {each["app.kubernetes.io/name"] for each in labels}


def test_references_lead_to_objects_ports_and_volumes_that_are_there(manifests: list[dict[str, Any]]) -> None:
    for pod in pods(manifests):
        assert pod["serviceAccountName"] in named(manifests, "ServiceAccount")
        volumes = {volume["name"] for volume in pod["volumes"]}
        for container in pod["containers"]:
            assert {mount["name"] for mount in container["volumeMounts"]} == volumes
            assert {each["configMapRef"]["name"] for each in container["envFrom"]} <= named(manifests, "ConfigMap")
            ports = {port["name"] for port in container.get("ports", [])}
            for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
                if probe in container:
                    assert container[probe]["httpGet"]["port"] in ports


def test_secrets_are_referred_to_and_their_making_is_described(manifests: list[dict[str, Any]], deploy: Path) -> None:
    description = (deploy / "kubernetes" / "kustomization.yaml").read_text("utf-8")

    assert "Secret" not in {found["kind"] for found in manifests}
    for container in containers(manifests):
        for variable in container["env"]:
            reference = variable["valueFrom"]["secretKeyRef"]
            assert f"secret generic {reference['name']}" in description
            assert f"--from-literal={reference['key']}=" in description


def test_pods_keep_to_the_restricted_standard(manifests: list[dict[str, Any]]) -> None:
    for pod in pods(manifests):
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["runAsUser"] == 10001
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert pod["automountServiceAccountToken"] is False
    for container in containers(manifests):
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert {"requests", "limits"} == set(container["resources"])


def test_service_names_do_not_become_settings(manifests: list[dict[str, Any]]) -> None:
    # A service prefect-server would set PREFECT_SERVER_PORT=tcp://… in every pod.
    assert all(pod["enableServiceLinks"] is False for pod in pods(manifests))


def test_there_is_one_server_and_it_is_replaced_not_doubled(manifests: list[dict[str, Any]]) -> None:
    (server,) = (found for found in workloads(manifests) if found["metadata"]["name"] == "fangzhi-server")

    assert (server["spec"]["replicas"], server["spec"]["strategy"]) == (1, {"type": "Recreate"})
