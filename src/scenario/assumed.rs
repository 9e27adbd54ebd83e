//! Which of the parameters that no source states a scenario can come to use.

use super::{Action, Edition, Parameter, Scenario, Status};

impl Scenario {
    /// The parameters that its edition has to assume, in the order of the edition. Those of
    /// operations that nobody asks for are left out.
    pub fn assumed(&self) -> impl Iterator<Item = &'static Parameter> {
        let edition = Edition::named(&self.edition);
        let parameters = edition.into_iter().flat_map(|edition| &edition.parameters);
        let assumed = parameters.filter(|it| it.status == Status::Assumed);
        assumed.filter(|parameter| is_asked_for(self, &parameter.name))
    }
}

/// Whether something in the scenario can come to use a parameter.
fn is_asked_for(scenario: &Scenario, name: &str) -> bool {
    let any = |is: fn(&Action) -> bool| scenario.events.iter().any(|event| is(&event.action));
    let deletes = any(|action| matches!(action, Action::DeleteCluster { .. }));
    match name.strip_prefix("behaviour.").unwrap_or_default() {
        "provisioning_duration" => any(|action| matches!(action, Action::CreateCluster { .. })),
        "association_duration" => any(|action| matches!(action, Action::AssociateWorkspace { .. })),
        "disassociation_duration" => {
            deletes || any(|action| matches!(action, Action::DisassociateWorkspace { .. }))
        }
        "delete_with_workspaces" => deletes,
        "cluster_recovery_duration" => {
            any(|action| matches!(action, Action::RecoverCluster { .. }))
        }
        "revocation_scope" | "buffer_on_revocation" => {
            any(denies) || any(|action| matches!(action, Action::RecoverCluster { .. }))
        }
        "outage_recovery" | "buffer_retention" => any(fails),
        "key_update_duration" => any(|action| {
            matches!(
                action,
                Action::UpdateClusterKey { .. } | Action::CreateKeyVersion(_)
            )
        }),
        "autorotation" => any(|action| matches!(action, Action::CreateKeyVersion(_))),
        _ => true,
    }
}

/// Whether it can take the key away.
fn denies(action: &Action) -> bool {
    matches!(
        action,
        Action::KeyVaultDenials { .. }
            | Action::DisableKey(_)
            | Action::ExpireKey(_)
            | Action::DeleteKey(_)
            | Action::PurgeKey(_)
            | Action::RemoveAccess { .. }
            | Action::UpdateClusterKey { .. }
    )
}

/// Whether something cannot be reached while it holds.
fn fails(action: &Action) -> bool {
    matches!(
        action,
        Action::KeyVaultOutage { .. }
            | Action::IdentityOutage { .. }
            | Action::StorageOutage { .. }
    )
}
