//! What scenarios write as one of a few words.

/// A value that is written as a word.
pub(super) trait Choice: Copy + 'static {
    /// All words, each with what it means.
    const CHOICES: &'static [(&'static str, Self)];
    /// All words.
    const WORDS: &'static [&'static str];

    fn word(self) -> &'static str;
}

macro_rules! choices {
    ($($(#[$doc:meta])+ $vis:vis $name:ident {
        $($(#[$about:meta])+ $value:ident $word:literal,)+
    })+) => {$(
        $(#[$doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        $vis enum $name {
            $($(#[$about])+ $value,)+
        }

        impl Choice for $name {
            const CHOICES: &'static [(&'static str, Self)] = &[$(($word, $name::$value)),+];
            const WORDS: &'static [&'static str] = &[$($word),+];

            fn word(self) -> &'static str {
                match self { $($name::$value => $word,)+ }
            }
        }
    )+};
}

choices! {
    /// What `delays` puts in place of draws.
    pub(super) Delays {
        /// Nothing.
        Sampled "sampled",
        /// The shortest of each.
        Shortest "shortest",
        /// The median.
        Typical "typical",
        /// The longest.
        Longest "longest",
    }

    /// How values lie between two others.
    pub Spacing {
        /// With equal differences.
        Linear "linear",
        /// With equal ratios.
        Logarithmic "log",
    }

    /// What is paid for a GB above the reservation.
    pub Overage {
        /// As much as without one.
        PayAsYouGo "pay_as_you_go",
        /// As much as for a GB of the reservation.
        Reservation "reservation",
    }

    /// For whom one revocation delay is drawn.
    pub RevocationScope {
        /// Every storage account has its own.
        Account "account",
        /// All accounts of a cluster share one.
        Cluster "cluster",
    }

    /// What happens to buffered data when its account is revoked.
    pub BufferOnRevocation {
        /// It is deleted with the hot cache.
        Drop "drop",
        /// It keeps ageing, and is stored if the account serves again in time.
        Hold "hold",
    }

    /// Whether a subscription must be allowed before it can have a cluster.
    pub SubscriptionApproval {
        /// It must.
        Required "required",
        /// Every subscription can.
        None "none",
    }

    /// What deleting a cluster does while workspaces are associated.
    pub DeleteWithWorkspaces {
        /// They are disassociated first.
        Disassociate "disassociate",
        /// The deletion is refused.
        Fail "fail",
    }

    /// To whom the capacity reservation is attributed.
    pub Billing {
        /// To the cluster resource.
        Cluster "cluster",
        /// To the workspaces, in proportion.
        Workspaces "workspaces",
    }

    /// The family of a noise.
    pub NoiseShape {
        /// Log-normal.
        LogNormal "lognormal",
        /// Gamma.
        Gamma "gamma",
    }

    /// What an operator can observe.
    pub Symptom {
        /// Queries of a workspace fail.
        QueriesFail "queries_fail",
        /// Arriving data of a workspace is dropped.
        DataDropped "data_dropped",
        /// Arriving data of a workspace is buffered.
        DataBuffered "data_buffered",
        /// The vault has denied a request of a cluster, and would deny the next.
        KeyDenied "key_denied",
        /// An operation ended without success.
        OperationFailed "operation_failed",
        /// An operation was refused when asked.
        OperationRejected "operation_rejected",
        /// An operation ended well.
        OperationSucceeded "operation_succeeded",
    }
}
